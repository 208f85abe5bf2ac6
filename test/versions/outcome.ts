import { stripVTControlCharacters } from 'node:util';
import { renderElapsed } from '../control-plane/elapsed.ts';

/** How many tests a suite had, by how they ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The programs of a version: built now in so many ms, or there before; together so many bytes. */
export interface Programs {
  readonly builtInMs: number | undefined;
  readonly bytes: number;
}

/** What became of a version. `failures` are the names of its failed tests. */
export type Outcome = { readonly version: string } & (
  | {
      readonly state: 'run';
      readonly programs: Programs;
      readonly counts: Counts;
      readonly tookMs: number;
      readonly failures: readonly string[];
    }
  | { readonly state: 'skipped' | 'not built'; readonly reason: string }
);

/** What a suite's output says in its closing line; undefined where it has none, as it ended before. */
export function countsIn(output: string): Counts | undefined {
  const closing = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm;
  const last = [...stripVTControlCharacters(output).matchAll(closing)].at(-1);
  if (last === undefined) return undefined;
  return { passed: Number(last[1]), failed: Number(last[2]), skipped: Number(last[3] ?? 0) };
}

/** The failed tests that a suite's output names, each once: `test/… > what is so`. */
export function failuresIn(output: string): readonly string[] {
  const named = stripVTControlCharacters(output).matchAll(/^ FAIL +(?:\|?\w+\|? +)?(test\/.*)$/gm);
  return [...new Set([...named].map(([, name = '']) => name.trim()))];
}

/**
 * Why a build of Go could not have its modules, as Go says it: `k8s.io/api@v0.31.14: 404 Not Found`. Undefined where it is
 * another fault.
 */
export function notServedIn(log: string): string | undefined {
  const refused =
    /(\S+@v[\w.+-]+): (?:reading \S+: )?((?:403|404|410) [\w ]+|invalid version: unknown revision\b.*)/.exec(log);
  return refused === null ? undefined : `${refused[1] ?? ''}: ${(refused[2] ?? '').trim()}`;
}

/** 0 where something was run and all of it passed; a version that is skipped fails a run only if it was asked for by name. */
export function exitCode(outcomes: readonly Outcome[], isNamed: boolean): 0 | 1 {
  const isGood = (outcome: Outcome) =>
    outcome.state === 'run' ? outcome.counts.failed === 0 : outcome.state === 'skipped' && !isNamed;
  return outcomes.every(isGood) && outcomes.some(({ state }) => state === 'run') ? 0 : 1;
}

const HEAD = ['Kubernetes', 'programs', 'suite', 'passed', 'failed', 'skipped'] as const;
const BYTES_A_MEGABYTE = 1_000_000;

/** One line a version, in columns, and under it what failed. */
export function summary(outcomes: readonly Outcome[]): string {
  const lines = [HEAD, ...outcomes.map(row)];
  // What was not run has a sentence in place of columns.
  const inColumns = lines.filter(({ length }) => length === HEAD.length);
  const widths = HEAD.map((_, column) => Math.max(...inColumns.map((cells) => (cells[column] ?? '').length)));
  const table = lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const failures = outcomes.flatMap((outcome) =>
    outcome.state === 'run' ? outcome.failures.map((name) => `${outcome.version}  ${name}`) : [],
  );
  return [...table, ...(failures.length > 0 ? ['', 'Failed:', ...failures] : [])].join('\n');
}

function row(outcome: Outcome): readonly string[] {
  if (outcome.state !== 'run') return [outcome.version, `${outcome.state}: ${outcome.reason}`];
  const { version, programs, counts, tookMs } = outcome;
  const built = programs.builtInMs === undefined ? 'there' : `built in ${renderElapsed(programs.builtInMs)}`;
  return [
    version,
    `${built}, ${Math.round(programs.bytes / BYTES_A_MEGABYTE)} MB`,
    renderElapsed(tookMs),
    ...[counts.passed, counts.failed, counts.skipped].map(String),
  ];
}
