import { LIFTABLE_RULES } from '../../../shared/index.ts';
import type { Commands } from '../../command-line/verb.ts';
import { connect, type Caller } from '../../session/connect.ts';
import { untilAborted } from '../../session/wait.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { Board } from './board.ts';
import { openBrowser } from './browser.ts';
import { readEnforcement } from './clusters/enforcement.ts';
import { FollowedCluster } from './clusters/followed-cluster.ts';
import { readDetails } from './clusters/node-details.ts';
import type { UiOperation } from './flags.ts';
import { Runs } from './runs/runs.ts';
import { connectionWords, type Reached } from './runs/words.ts';
import { uiApp, type AppPorts } from './server/app.ts';
import { listen } from './server/listen.ts';
import { Secrets } from './server/secrets.ts';

/** `kubectl maint ui`: follows the clusters and serves the page until it is interrupted. */
export async function runUi(operation: UiOperation, caller: Caller, commands: Commands): Promise<ExitCode> {
  const { screen, signal } = caller;
  const board = new Board();
  const contexts = await contextsOf(operation, caller);
  const clusters = [...contexts].map(
    ([name, context]) => new FollowedCluster(name, { ...operation.cluster, context }, caller, board),
  );
  const reached = (name: string): Reached => ({ connection: operation.connection, context: contexts.get(name) });
  const runs = new Runs({ commands, version: caller.version, screen, signal, board, reached });
  const secrets = new Secrets();
  const address = (port: number): string => `http://127.0.0.1:${port}/#token=${secrets.token}`;
  const ports = portsFrom({ operation, caller, commands, board, clusters, runs, reached });
  const server = await listen(
    uiApp({
      ...ports,
      secrets,
      opened: () => {
        screen.note(`opened; to open another browser: ${address(server.port)}`);
      },
    }),
    operation.port,
  );
  screen.result(address(server.port));
  screen.note(
    `${operation.allowsChanges ? 'the page may change the clusters as you may' : 'the page only reads'}; Ctrl-C ends it${operation.allowsChanges ? ', and interrupts what it is doing' : ''}`,
  );
  if (operation.open && !(await openBrowser(address(server.port), process.platform)))
    screen.note('no browser could be opened: open the address above');
  const following = Promise.all(clusters.map((cluster) => cluster.follow()));
  await untilAborted(signal);
  board.ending();
  if (runs.isBusy) screen.note('ending, as Ctrl-C ends a command: what goes on writes down how far it came ...');
  await Promise.all([runs.ended(), following]);
  await server.close();
  return EXIT.interrupted;
}

/** The contexts by the name that the page shows: that of the current one is known when the kubeconfig is read. Throws MaintError. */
async function contextsOf(
  { contexts, cluster: flags }: UiOperation,
  caller: Caller,
): Promise<ReadonlyMap<string, string | undefined>> {
  if (contexts.length > 0) return new Map(contexts.map((name) => [name, name]));
  const cluster = await connect(flags, caller);
  cluster.close();
  return new Map([[cluster.context ?? cluster.name, undefined]]);
}

interface Parts {
  readonly operation: UiOperation;
  readonly caller: Caller;
  readonly commands: Commands;
  readonly board: Board;
  readonly clusters: readonly FollowedCluster[];
  readonly runs: Runs;
  readonly reached: (name: string) => Reached;
}

function portsFrom({
  operation,
  caller,
  commands,
  board,
  clusters,
  runs,
  reached,
}: Parts): Omit<AppPorts, 'secrets' | 'opened'> {
  const { version } = caller;
  const sessionOf = (name: string) => clusters.find((cluster) => cluster.name === name)?.session;
  return {
    about: {
      version,
      allowsChanges: operation.allowsChanges,
      clusters: clusters.map(({ name }) => name),
      liftable: LIFTABLE_RULES,
    },
    board,
    begin: (asked) => runs.begin(asked),
    details: async (cluster, node) => {
      const session = sessionOf(cluster);
      return session && readDetails(node, board.row(cluster, node)?.since ?? null, session);
    },
    enforcement: async (cluster) => {
      const session = sessionOf(cluster);
      const words = connectionWords(reached(cluster));
      return session && readEnforcement(session, { commands, version, words });
    },
  };
}
