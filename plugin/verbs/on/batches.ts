import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import type { OnOperation } from './flags.ts';
import { UNASKED_NODES } from '../../preflight/checks/guards.ts';
import { alsoHinted } from '../../session/hint.ts';
import { Unrecorded } from './complete.ts';
import { drainSummary } from './drain.ts';
import { notBegunText, stopped, type OnEnd } from './end.ts';
import type { OnRun, Target } from './on-run.ts';
import { undoMarks, withUndone } from './undo.ts';

/**
 * Nodes in the order of their turns. A few nodes without `--max-unavailable` are one batch: all of them are cordoned before
 * the first is drained, so that no pod moves from one to the next. Where a limit is named, or so many are taken that one
 * applies by default, as many as are drained at once: no more are out of service than are worked on or done.
 */
export function batchesOf<T>(nodes: readonly T[], { claim, pace }: OnOperation): readonly (readonly T[])[] {
  const { maxParallel, maxUnavailable } = pace;
  const isLimited = maxUnavailable !== undefined || nodes.length > UNASKED_NODES;
  if (claim.mode === 'cordon' || maxParallel === 0 || !isLimited) return [nodes];
  const count = Math.ceil(nodes.length / maxParallel);
  return Array.from({ length: count }, (_, index) => nodes.slice(index * maxParallel, (index + 1) * maxParallel));
}

/**
 * Takes one batch after the other. The first in which something fails is the last: the nodes behind it are not touched, and
 * are told. With --rollback what was marked and not drained is given back. Throws MaintError.
 */
export async function inBatches(
  targets: readonly Target[],
  takeBatch: (batch: readonly Target[]) => Promise<ExitCode>,
  run: OnRun,
): Promise<OnEnd> {
  const { operation, session } = run;
  try {
    const code = await untilOneFails(batchesOf(targets, operation), takeBatch, run);
    const notBegun = tellSummary(run);
    if (session.signal.aborted) return await stopped(notBegun, run);
    if (operation.rollback && hasUnfinished(run)) await undoMarks(run.marked, run);
    return { code, leaves: undefined };
  } catch (thrown) {
    const notBegun = tellSummary(run);
    const told = notBegun.length === 0 ? thrown : alsoHinted(thrown, notBegunText(notBegun));
    // What is drained is not given back because its record could not be written.
    throw operation.rollback && !(thrown instanceof Unrecorded)
      ? withUndone(told, await undoMarks(run.marked, run))
      : told;
  }
}

async function untilOneFails(
  batches: readonly (readonly Target[])[],
  takeBatch: (batch: readonly Target[]) => Promise<ExitCode>,
  { session }: OnRun,
): Promise<ExitCode> {
  for (const batch of batches) {
    if (session.signal.aborted) break;
    const code = await takeBatch(batch);
    if (code !== EXIT.done) return code;
  }
  return EXIT.done;
}

/** Whether a node that carries the mark of this command is not drained. */
function hasUnfinished({ operation, marked, drained, unrecorded }: OnRun): boolean {
  if (operation.claim.mode === 'cordon') return false;
  return marked.some(({ node: { facts } }) => !drained.has(facts.name) && !unrecorded.has(facts.name));
}

/** Returns the names of the nodes whose turn never came. */
function tellSummary(run: OnRun): readonly string[] {
  const { names, touched, progress, report } = run;
  const notBegun = names.filter((name) => !touched.has(name));
  if (names.length > 1 && progress.length > 0) report.tell(drainSummary(notBegun, run));
  return notBegun;
}
