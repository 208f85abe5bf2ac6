import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { textAt } from '../../shared/index.ts';

/** A process, as far as it tells whose it is. */
export interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/**
 * One `-o` for each column: after a comma the BSDs read a heading. All but `stat` are in POSIX, and every ps knows that.
 * Ctrl-C on our terminal reaches ps, too, and must not end it.
 */
const PS = "trap '' INT; exec ps -A -o pid= -o ppid= -o pgid= -o stat=";
/** How long ps may take, in ms: it reads a table of the kernel. */
const PS_MS = 5000;
/** Most that ps may write, in bytes: 500,000 lines of 32. */
const PS_BYTES = 16_000_000;

const run = promisify(execFile);

/** All processes that run now. Rejects where ps cannot be run. */
export async function readProcesses(): Promise<readonly SeenProcess[]> {
  try {
    const { stdout } = await run('/bin/sh', ['-c', PS], { timeout: PS_MS, maxBuffer: PS_BYTES });
    return parseProcesses(stdout);
  } catch (cause) {
    const said = textAt(cause, 'stderr')?.trim() ?? '';
    throw said === '' ? cause : new Error(said, { cause });
  }
}

/** What ps has written. Zombies have ended: only their parent has not asked about them yet. */
export function parseProcesses(text: string): readonly SeenProcess[] {
  return text.split('\n').flatMap((line) => {
    const [pid, parent, group, state = 'Z'] = line.trim().split(/\s+/);
    return state.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent), group: Number(group) }];
  });
}

/** The roots and all that is below them, parents before their children. */
export function withAllBelow(
  all: readonly SeenProcess[],
  isRoot: (one: SeenProcess) => boolean,
): readonly SeenProcess[] {
  const roots = all.filter(isRoot);
  const found = new Set(roots.filter(({ parent }) => roots.every(({ pid }) => pid !== parent)));
  // A set that grows while it is gone through is gone through to its new end.
  for (const { pid } of found) for (const one of all) if (one.parent === pid) found.add(one);
  return [...found];
}
