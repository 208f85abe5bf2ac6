import type { Cluster } from '../../shared/index.ts';
import type { Screen } from '../terminal/screen.ts';
import { clockOf } from './clock.ts';
import { connect, type Caller, type ClusterFlags } from './connect.ts';
import { reportFor, type StreamFormat, notesTo } from './report.ts';
import type { Session } from './session.ts';
import { tellSilence, type Listener } from './silence.ts';

/** In which form a command tells what it does, where that is not lines for people. */
export interface Telling {
  /** With `json` notes of the moment are events, too. */
  readonly format?: StreamFormat;
  /** Others write to the same terminal, so that nobody here can draw there. */
  readonly isShared?: boolean;
}

/** Does something with a connection to the cluster, and says meanwhile when the API server is silent. Rejects with MaintError. */
export async function inSession<T>(
  flags: ClusterFlags,
  caller: Caller,
  work: (session: Session) => Promise<T>,
  { format = 'text', isShared = false }: Telling = {},
): Promise<T> {
  const { screen, signal } = caller;
  return connected(flags, caller, async (cluster) => {
    const session: Session = { cluster, screen, clock: clockOf(cluster), signal };
    const report = reportFor<{ type: 'note'; text: string }>(format, session, ({ text }) => {
      screen.note(text);
    });
    const listener: Listener = {
      live: format === 'json' || isShared ? undefined : screen.live,
      say: notesTo(report),
    };
    return whileTelling(cluster, listener, () => work(session));
  });
}

/** The same without the rest of a session: `work` gets the connection alone. */
export async function withCluster<T>(
  flags: ClusterFlags,
  caller: Caller,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  return connected(flags, caller, (cluster) => whileTelling(cluster, onScreen(caller.screen), () => work(cluster)));
}

/** Warnings of the API server are looked at by the command itself, and nobody else has to read them. */
export function withoutWarnings(caller: Caller): Caller {
  return { ...caller, screen: { ...caller.screen, warn: () => undefined } };
}

async function connected<T>(flags: ClusterFlags, caller: Caller, work: (cluster: Cluster) => Promise<T>): Promise<T> {
  const cluster = await connect(flags, caller);
  try {
    return await work(cluster);
  } finally {
    cluster.close();
  }
}

async function whileTelling<T>(cluster: Cluster, listener: Listener, work: () => Promise<T>): Promise<T> {
  const silence = tellSilence(cluster, listener);
  try {
    return await work();
  } finally {
    silence.end();
  }
}

function onScreen(screen: Screen): Listener {
  return {
    live: screen.live,
    say: (text) => {
      screen.note(text);
    },
  };
}
