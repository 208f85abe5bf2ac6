import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import type { OnRun } from './on-run.ts';
import { undoMarks, undoneInWords } from './undo.ts';
import type { Marked } from './prepared.ts';

/** How an `on` ended. */
export interface OnEnd {
  readonly code: ExitCode;
  /** What an interrupted one leaves behind, and how to go on or undo it. */
  readonly leaves: string | undefined;
}

/** It came to an end of its own. */
export function ended(code: ExitCode): OnEnd {
  return { code, leaves: undefined };
}

/** Somebody stopped it. */
export function interrupted(leaves: string): OnEnd {
  return { code: EXIT.interrupted, leaves };
}

/** Somebody stopped it with these nodes marked; some others may have had no turn. */
export async function stopped(marked: readonly Marked[], notBegun: readonly string[], run: OnRun): Promise<OnEnd> {
  const undone = run.operation.rollback ? undoneInWords(await undoMarks(marked, run)) : '';
  const state = undone === '' ? stateOf(marked, run) : undone;
  const isPartial = marked.length > 0 && notBegun.length > 0;
  return interrupted(isPartial ? `${state}; ${notBegunText(notBegun)}` : state);
}

/** Nodes whose turn never came: nothing was written to them. */
export function notBegunText(names: readonly string[]): string {
  return `not begun, and as they were: ${names.join(' ')}`;
}

function stateOf(marked: readonly Marked[], { ended: over }: OnRun): string {
  if (marked.length === 0) return 'nothing was changed';
  const left = marked.map(({ node }) => node.facts.name).filter((name) => !over.has(name));
  if (left.length === 0) return 'somebody else has ended the maintenance meanwhile';
  const names = left.join(' ');
  return `${names} ${left.length === 1 ? 'stays' : 'stay'} marked and cordoned; run the same command again to go on, or kubectl maint off ${names}`;
}
