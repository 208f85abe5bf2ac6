import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive } from './bound-process.ts';
import type { Environment } from '../../packaging/cache-folder.ts';
import { cacheRoot } from '../../packaging/cache-folder.ts';

const State = z.object({
  /** The process that holds the control plane. */
  pid: z.number().int().positive(),
  server: z.string(),
  kubeconfig: z.string(),
  startedAt: z.iso.datetime(),
});

/** What is written down about the control plane that `up` left running. */
export type ClusterState = z.infer<typeof State>;

/** The one folder of the control plane that `up` leaves running, so that the path of its kubeconfig never changes. */
export function clusterFolder(env: Environment): string {
  return join(cacheRoot(env), 'cluster');
}

/** The state of the control plane that runs, or undefined when none does (never, ended, or killed). */
export async function readRunningCluster(folder: string): Promise<ClusterState | undefined> {
  const text = await readFile(stateFile(folder), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const state = State.safeParse(JSON.parse(text));
  return state.success && isSupervisor(state.data.pid) ? state.data : undefined;
}

/** Written last, when everything is ready. */
export async function writeClusterState(folder: string, state: ClusterState): Promise<void> {
  await writeFile(stateFile(folder), `${JSON.stringify(state, undefined, 2)}\n`);
}

function stateFile(folder: string): string {
  return join(folder, 'state.json');
}

/** After a reboot the same id may be another process: where `ps` can tell, it has to be ours. */
function isSupervisor(pid: number): boolean {
  if (!isAlive(pid)) return false;
  const ps = spawnSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  return ps.status !== 0 || ps.stdout.includes(' supervise ');
}
