import { renderElapsed } from './elapsed.ts';

/** Before a tenth of the packages is compiled the small ones that all others need are, which would promise too much. */
const SHARE_BEFORE_ESTIMATE = 0.1;

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
