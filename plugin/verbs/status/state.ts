import { clean, renderDuration } from '../../../shared/index.ts';
import type { NodeRun, NodeStatus } from './node-status.ts';

/** `Complete (3 of 12: rebooting)`: how a node is, and what the run over nodes that has it does there. */
export function stateInWords(status: NodeStatus, now: number): string {
  const { run, stoppedSince } = status;
  const ago = stoppedSince === null ? '' : ` ${renderDuration(now - Date.parse(stoppedSince))} ago`;
  const state = `${stateWord(status)}${ago}`;
  return run === null ? state : `${state} (${run.number} of ${run.of}: ${stepInWords(run, now)})`;
}

/** What a run does on a node, and for how long it has given no sign of that. */
export function stepInWords({ step, silentSince }: Pick<NodeRun, 'step' | 'silentSince'>, now: number): string {
  const silent = silentSince === null ? '' : `, silent for ${renderDuration(now - Date.parse(silentSince))}`;
  return `${clean(step, MAX_STEP)}${silent}`;
}

/** `3/12:rebooting`: the same without blanks, as scripts split the columns of a table at them. */
export function runInTable({ number, of, step, silentSince }: NodeRun): string {
  const word = clean(step, MAX_STEP).replaceAll(/\s+/g, '-');
  return `${number}/${of}:${word}${silentSince === null ? '' : ',silent'}`;
}

/** Longest step that is shown, in characters. */
const MAX_STEP = 32;

/**
 * A state in one word as people read it: a drain that nobody goes on with is told from one that is under way, and a node that
 * was only cordoned and still has its pods from one that is empty.
 */
export function stateWord({ state, mode, podsLeft, stoppedSince }: NodeStatus): string {
  if (stoppedSince !== null) return 'Stopped';
  return state === 'Complete' && mode === 'cordon' && podsLeft !== 0 ? 'Cordoned' : state;
}
