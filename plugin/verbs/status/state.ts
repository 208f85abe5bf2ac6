import { clean, renderDuration } from '../../../shared/index.ts';
import type { NodeStatus } from './node-status.ts';

/** `Complete (3 of 12: rebooting)`: how a node is, and what the run over nodes that has it does there. */
export function stateInWords(status: NodeStatus, now: number): string {
  const { run } = status;
  const state = ownState(status, now);
  return run === null ? state : `${state} (${run.number} of ${run.of}: ${clean(run.step, MAX_STEP)})`;
}

/** Longest step that is shown, in characters. */
const MAX_STEP = 32;

/**
 * A state as people read it: a drain that nobody goes on with is told from one that is under way, and a node that was
 * only cordoned and still has its pods from one that is empty.
 */
function ownState({ state, mode, podsLeft, stoppedSince }: NodeStatus, now: number): string {
  if (stoppedSince !== null) return `Stopped ${renderDuration(now - Date.parse(stoppedSince))} ago`;
  return state === 'Complete' && mode === 'cordon' && podsLeft !== 0 ? 'Cordoned' : state;
}
