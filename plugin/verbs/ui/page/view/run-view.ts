import type { RunState } from '../../wire.ts';

/** How a run ended, or that it goes on. */
export interface RunView {
  readonly tone: 'busy' | 'done' | 'late';
  readonly text: string;
}

/** What the exit codes of the commands mean (docs/reference.md). */
const MEANINGS: ReadonlyMap<number, string> = new Map([
  [0, 'done'],
  [1, 'a bug: please report it'],
  [2, 'not understood'],
  [3, 'refused by policy or by a guard'],
  [4, 'the cluster refused, or cannot be reached'],
  [5, 'gave up waiting, or only partly done'],
  [130, 'interrupted: the record says how far it came'],
]);

/** Pure. */
export function runView({ code }: Pick<RunState, 'code'>): RunView {
  if (code === null) return { tone: 'busy', text: 'goes on' };
  const text = MEANINGS.get(code) ?? `ended with ${code}`;
  return { tone: code === 0 ? 'done' : 'late', text };
}

/** Those of one node, the last first; dry runs only where they are asked for. */
export function runsOf(
  runs: Iterable<RunState>,
  { cluster, node, dryRun }: { readonly cluster: string; readonly node: string; readonly dryRun: boolean },
): readonly RunState[] {
  return [...runs]
    .filter((run) => run.cluster === cluster && run.nodes.includes(node) && run.dryRun === dryRun)
    .reverse();
}

/** The last one that changes something on exactly these nodes. */
export function runOf(runs: Iterable<RunState>, cluster: string, nodes: readonly string[]): RunState | undefined {
  const isOurs = (run: RunState): boolean =>
    !run.dryRun && run.cluster === cluster && run.nodes.join() === nodes.join();
  return [...runs].findLast(isOurs);
}

const PHASES: ReadonlyMap<string, string> = new Map([
  ['volumes', ', waiting for volumes'],
  ['replacements', ', waiting for replacements'],
]);

/** What a drain waits for behind its pods, to stand behind their number. */
export function phaseText(phase: string): string {
  return PHASES.get(phase) ?? '';
}
