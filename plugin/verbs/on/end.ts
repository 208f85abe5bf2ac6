import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import type { Session } from '../../session/session.ts';
import type { OnRun } from './on-run.ts';
import { undoMarks, undoneInWords } from './undo.ts';

/** How an `on` came to its end. */
export interface OnEnd {
  readonly code: ExitCode;
  /** What an interrupted one leaves behind, and how to go on or undo it; undefined where nobody interrupted it. */
  readonly leaves: string | undefined;
}

/** The person interrupted it. */
export function interrupted(leaves: string): OnEnd {
  return { code: EXIT.interrupted, leaves };
}

/** Once the person has interrupted the command, what fails because of that is not told as a failure. */
export function unlessInterrupted({ signal }: Session): (thrown: unknown) => undefined {
  return (thrown) => {
    if (!signal.aborted) throw thrown;
    return undefined;
  };
}

/** The person interrupted it after the first write; the turn of some nodes may not have come. */
export async function stopped(notBegun: readonly string[], run: OnRun): Promise<OnEnd> {
  const undone = run.operation.rollback ? undoneInWords(await undoMarks(run.marked, run)) : '';
  const state = undone === '' ? stateOf(run) : undone;
  const isPartial = run.marked.length > 0 && notBegun.length > 0;
  return interrupted(isPartial ? `${state}; ${notBegunText(notBegun)}` : state);
}

/** Nodes whose turn never came: nothing was written to them. */
export function notBegunText(names: readonly string[]): string {
  return `not begun, and as they were: ${names.join(' ')}`;
}

function stateOf({ marked, takenAway }: OnRun): string {
  if (marked.length === 0) return 'nothing was changed';
  const left = marked.map(({ node }) => node.facts.name).filter((name) => !takenAway.has(name));
  if (left.length === 0) return 'somebody else has ended the maintenance meanwhile';
  const names = left.join(' ');
  return `${names} ${left.length === 1 ? 'stays' : 'stay'} marked and cordoned; run the same command again to go on, or kubectl maint off ${names}`;
}
