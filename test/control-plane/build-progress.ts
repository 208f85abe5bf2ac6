import { renderElapsed } from './elapsed.ts';

/** CI systems end a job that says nothing for ten minutes; a person starts to wonder sooner. */
export const PROGRESS_EVERY_MS = 30_000;

/** Before a tenth of the packages is compiled the small ones that all others need are, which would promise too much. */
const SHARE_BEFORE_ESTIMATE = 0.1;

/** What the control plane took from nothing, on a machine with nothing else to do. */
const ELSEWHERE = { packages: 2819, cores: 2, ms: 6 * 60_000 };

/** `2,819 packages to compile on 4 cores: about 3m00s, as 2,819 took 6m00s on 2 cores elsewhere`. */
export function renderForecast(needed: number, cores: number): string {
  if (needed === 0) return 'everything is compiled already, linking';
  const ms = (ELSEWHERE.ms * needed * ELSEWHERE.cores) / (ELSEWHERE.packages * cores);
  const elsewhere = `${count(ELSEWHERE.packages)} took ${renderElapsed(ELSEWHERE.ms)} on ${ELSEWHERE.cores} cores elsewhere`;
  const what = `${count(needed)} ${needed === 1 ? 'package' : 'packages'}`;
  return `${what} to compile on ${cores} ${cores === 1 ? 'core' : 'cores'}: about ${renderElapsed(ms)}, as ${elsewhere}`;
}

/** Packages compiled of those that have to be, after this long. */
export interface BuildProgress {
  readonly compiled: number;
  readonly needed: number;
  readonly elapsedMs: number;
}

/** `700 of 2,819 packages compiled in 2m10s, about 6m30s to go`; no estimate while it would be a guess. */
export function renderProgress({ compiled, needed, elapsedMs }: BuildProgress): string {
  if (compiled >= needed) return `all packages compiled, linking (${renderElapsed(elapsedMs)} so far)`;
  const done = `${count(compiled)} of ${count(needed)} packages compiled in ${renderElapsed(elapsedMs)}`;
  if (compiled < needed * SHARE_BEFORE_ESTIMATE) return done;
  return `${done}, about ${renderElapsed((elapsedMs * (needed - compiled)) / compiled)} to go`;
}

function count(packages: number): string {
  return packages.toLocaleString('en-US');
}
