import { MaintError, modeOf } from '../../../shared/index.ts';
import { hasClaim, recordOf } from '../../nodes/mark.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { OnRun } from './on-run.ts';

/**
 * Why a drain ends early, by the node as it is now: somebody deleted it, uncordoned it or ended its maintenance. Undefined
 * while it is still to be drained. Another node of the same name has other pods, and no mark.
 */
export function whyTakenAway(
  marked: NodeSnapshot,
  fresh: NodeSnapshot | undefined,
  run: OnRun,
): MaintError | undefined {
  const { name, uid } = marked.facts;
  if (fresh === undefined)
    return takenAway(run, marked, `node ${name} was deleted meanwhile`, `kubectl get node ${name}`);
  if (fresh.facts.uid !== uid) {
    const what = `node ${name} was deleted meanwhile and made again: the new one is not in maintenance`;
    return takenAway(run, marked, what, `kubectl maint on ${name} takes the new one into maintenance`);
  }
  // A record that cannot be read does not end the drain; the write that completes it fails, and tells of it.
  if (fresh.facts.record.kind === 'unreadable') return undefined;
  if (!wantsDrain(fresh, run.claim.owner)) return endedMeanwhile(marked, run);
  return fresh.facts.unschedulable ? undefined : uncordonedMeanwhile(marked, run);
}

/** Somebody uncordoned the node and wants it to be used. It is not cordoned again: new pods would come as fast as others go. */
function uncordonedMeanwhile(marked: NodeSnapshot, run: OnRun): MaintError {
  const { name } = marked.facts;
  const what = `somebody uncordoned node ${name} while it was drained, so that new pods may land on it`;
  const hint = `run the same command again to cordon it again and go on, or kubectl maint off ${name} to end the maintenance`;
  return takenAway(run, marked, what, hint);
}

/** Somebody ended the maintenance, or brings the node back. */
export function endedMeanwhile(marked: NodeSnapshot, run: OnRun): MaintError {
  const { name } = marked.facts;
  const what = `the maintenance of node ${name} was ended meanwhile by somebody else`;
  return takenAway(run, marked, what, `kubectl maint status ${name} shows its state`);
}

/** Whether the node is still to be drained for this owner. */
function wantsDrain(node: NodeSnapshot, owner: string): boolean {
  const record = recordOf(node);
  const isDrain = record !== undefined && modeOf(record) === 'drain';
  return isDrain && hasClaim(node.facts, owner) && node.facts.state !== 'returning';
}

function takenAway(run: OnRun, { facts }: NodeSnapshot, what: string, hint: string): MaintError {
  run.takenAway.add(facts.name);
  return new MaintError('gave-up', `${what}; nothing more is evicted`, { hint });
}
