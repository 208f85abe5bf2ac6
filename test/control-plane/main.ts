import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ensureBinaries } from './binaries.ts';
import { isAlive } from './bound-process.ts';
import { takeLock } from './build-lock.ts';
import { cacheRoot } from '../../packaging/cache-folder.ts';
import type { ClusterCommand } from './cluster-command.ts';
import { parseClusterCommand, USAGE } from './cluster-command.ts';
import type { ClusterState } from './cluster-state.ts';
import { clusterFolder, readRunningCluster } from './cluster-state.ts';
import { ControlPlaneError } from './errors.ts';
import { runKubectl } from './kubectl.ts';
import { DOWNLOADS } from './releases/source.ts';
import type { NodeCounts } from './supervisor.ts';
import { startSupervisor, supervise } from './supervisor.ts';

/** Ending takes well under a second; after this the supervisor is killed, and its children die with it. */
const DOWN_DEADLINE_MS = 15_000;
const LOOK_EVERY_MS = 50;

const folder = clusterFolder(process.env);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function up({ offline, ...counts }: NodeCounts & { offline: boolean }): Promise<void> {
  // For the supervisor as well, which inherits it.
  if (offline) process.env[DOWNLOADS] = 'off';
  await mkdir(cacheRoot(process.env), { recursive: true });
  const lock = await takeLock(join(cacheRoot(process.env), 'cluster.lock'), () => undefined);
  try {
    const running = await readRunningCluster(folder);
    if (running === undefined) await startFresh(counts);
    else say(`a control plane runs already, at ${running.server} (for another one: end it with "down" first)`);
  } finally {
    await lock.release();
  }
  const state = await readRunningCluster(folder);
  if (state === undefined) throw new ControlPlaneError('the control plane ended right after it had started');
  const { path } = await ensureBinaries({ env: process.env, log: () => undefined });
  say(`kubectl of the same version: ${path('kubectl')}`);
  process.stdout.write(`export KUBECONFIG=${quoted(state.kubeconfig)}\n`);
}

async function startFresh(counts: NodeCounts): Promise<void> {
  await ensureBinaries({ env: process.env, log: say });
  await rm(folder, { recursive: true, force: true });
  await startSupervisor(fileURLToPath(import.meta.url), counts, say);
  const nodes = counts.nodes + counts.controlPlaneNodes;
  say(`a control plane runs, with ${nodes} fake node${nodes === 1 ? '' : 's'}`);
}

async function down(): Promise<void> {
  const state = await readRunningCluster(folder);
  if (state !== undefined) await endSupervisor(state);
  await rm(folder, { recursive: true, force: true });
  say(state === undefined ? 'no control plane runs' : 'the control plane has ended');
}

async function endSupervisor({ pid }: ClusterState): Promise<void> {
  process.kill(pid, 'SIGTERM');
  const deadline = Date.now() + DOWN_DEADLINE_MS;
  while (isAlive(pid) && Date.now() < deadline) await wait(LOOK_EVERY_MS);
  if (isAlive(pid)) process.kill(pid, 'SIGKILL');
}

async function status(): Promise<void> {
  const state = await readRunningCluster(folder);
  if (state === undefined) {
    process.stdout.write('no control plane runs\n');
    return;
  }
  const { server, kubeconfig, pid, startedAt } = state;
  process.stdout.write(
    `server      ${server}\nkubeconfig  ${kubeconfig}\nprocess     ${pid}\nsince       ${startedAt}\n\n`,
  );
  const { path } = await ensureBinaries({ env: process.env, log: say });
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  const nodes = await runKubectl(path('kubectl'), ['get', 'nodes'], { env });
  process.stdout.write(nodes.stdout);
  process.stderr.write(nodes.stderr);
}

/** For a POSIX shell, in case the home folder has a space in its name. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

async function run(command: ClusterCommand): Promise<void> {
  switch (command.verb) {
    case 'up':
      return up(command);
    case 'supervise':
      return supervise(command);
    case 'down':
      return down();
    case 'status':
      return status();
    case 'help':
      process.stdout.write(USAGE);
  }
}

const command = parseClusterCommand(process.argv.slice(2));
if ('problem' in command) {
  say(`error: ${command.problem}\nSee: npm run cluster -- --help`);
  process.exitCode = 2;
} else {
  await run(command).catch((error: unknown) => {
    if (!(error instanceof ControlPlaneError)) throw error;
    say(`error: ${error.message}`);
    process.exitCode = 1;
  });
}
