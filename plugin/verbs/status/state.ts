import { renderDuration } from '../../../shared/index.ts';
import type { NodeStatus } from './node-status.ts';

/**
 * A state as people read it: a drain that nobody goes on with is told from one that is under way, and a node that was
 * only cordoned and still has its pods from one that is empty.
 */
export function stateInWords({ state, mode, podsLeft, stoppedSince }: NodeStatus, now: number): string {
  if (stoppedSince !== null) return `Stopped ${renderDuration(now - Date.parse(stoppedSince))} ago`;
  return state === 'Complete' && mode === 'cordon' && podsLeft !== 0 ? 'Cordoned' : state;
}
