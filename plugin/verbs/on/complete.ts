import { ClusterRefusal, MaintError, retry, type PodFacts } from '../../../shared/index.ts';
import { timestamp } from '../../session/clock.ts';
import { listed } from '../../drain/cause.ts';
import { podName } from '../../drain/plan.ts';
import { nameOf } from '../../drain/progress.ts';
import type { ConditionChange } from '../../nodes/conditions.ts';
import { statePatch, type NodePatch } from '../../nodes/mark.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { NodeGone, writeNode, type PatchFor } from '../../nodes/write.ts';
import type { MarkedTarget, OnRun } from './on-run.ts';
import { whyTakenAway } from './taken-away.ts';

/** What a drain that came to its end leaves on the node. */
export interface DrainEnd {
  /** Pods whose deletion was asked for, and that nobody has confirmed to be gone. */
  readonly unconfirmed: readonly PodFacts[];
  /** Pods that came meanwhile, cordon or not, and that drains leave alone without a flag. */
  readonly stayed: readonly PodFacts[];
}

/** Completes the record of a node that is drained, and tells people, scripts and the node; pods that nobody confirms to be gone are named. */
export async function complete({ marked: node }: MarkedTarget, end: DrainEnd, run: OnRun): Promise<void> {
  const { session, announcer, report } = run;
  const { name } = node.facts;
  const now = timestamp(session.clock.now());
  const patchFor = (fresh: NodeSnapshot): NodePatch | undefined => {
    const why = whyTakenAway(node, fresh, run);
    if (why !== undefined) throw why;
    return statePatch(fresh, 'complete', now, end.unconfirmed.length);
  };
  const written = await recorded(await announcer.latest(node), patchFor, run);
  void announcer.conditions(written, conditionsFor(end));
  if (end.unconfirmed.length === 0) {
    void announcer.event(node.facts, { type: 'Normal', reason: 'MaintenanceComplete', message: 'drained' });
    report.tell({ type: 'drained', node: name, dryRun: undefined });
    return;
  }
  const message = unconfirmedText(end.unconfirmed);
  void announcer.event(node.facts, { type: 'Warning', reason: 'DrainUnconfirmed', message });
  report.tell({ type: 'drain-unconfirmed', node: name, pods: end.unconfirmed.map(nameOf) });
}

/** A node is drained, and its record could not be completed, or nobody knows whether it was. */
export class Unrecorded extends MaintError {}

/**
 * Pauses before the record's last write is tried anew, in ms, where the API server fails at it: a drained node is worth more
 * patience than one that nothing has happened to, and a server that starts anew is back within seconds.
 */
const PAUSES_MS = [500, 2000];

async function recorded(node: NodeSnapshot, patchFor: PatchFor, run: OnRun): Promise<NodeSnapshot> {
  const { cluster, clock, signal } = run.session;
  const isForNobody = (): boolean => run.takenAway.has(node.facts.name) || signal.aborted;
  const failed = (thrown: unknown, tries: number): number | undefined => {
    const isFinal = thrown instanceof NodeGone || !(thrown instanceof MaintError) || isRefusal(thrown);
    return isFinal || isForNobody() ? undefined : PAUSES_MS[tries - 1];
  };
  try {
    return await retry(
      () => writeNode(node, patchFor, cluster),
      { failed },
      (ms) => clock.sleep(ms, signal),
    );
  } catch (thrown) {
    if (thrown instanceof NodeGone) throw whyTakenAway(node, undefined, run) ?? thrown;
    throw thrown instanceof MaintError && !isForNobody() ? unrecorded(node, thrown, run) : thrown;
  }
}

/** Whether the API server refused the write: trying again would be refused, too. */
function isRefusal(thrown: MaintError): boolean {
  return thrown.code === 'denied' || (thrown instanceof ClusterRefusal && thrown.status < 500);
}

/** The failure of the last write: the node is empty and cordoned, and its record may not say so. */
function unrecorded({ facts: { name } }: NodeSnapshot, thrown: MaintError, { unrecorded: names }: OnRun): MaintError {
  names.add(name);
  const isKnown = isRefusal(thrown);
  const what = isKnown ? 'its record could not be completed' : 'nobody knows whether its record says so';
  const hint = `node ${name} stays in maintenance, cordoned; kubectl maint status ${name} tells what its record says; run the same command again to complete it`;
  return new Unrecorded(thrown.code, `node ${name} is drained, but ${what}: ${thrown.message}`, {
    hint,
    cause: thrown,
  });
}

function conditionsFor({ unconfirmed, stayed }: DrainEnd): readonly ConditionChange[] {
  if (unconfirmed.length > 0) {
    const [reason, message] = ['Unconfirmed', unconfirmedText(unconfirmed)];
    return [
      { type: 'DrainInProgress', status: 'False', reason, message },
      { type: 'Drained', status: 'Unknown', reason, message },
    ];
  }
  const stay = stayed.length === 0 ? '' : `; came meanwhile, cordon or not, and stay: ${listed(stayed.map(podName))}`;
  const [reason, message] = ['DrainCompleted', `no workloads left to move${stay}`];
  return [
    { type: 'DrainInProgress', status: 'False', reason, message },
    { type: 'Drained', status: 'True', reason, message },
  ];
}

function unconfirmedText(pods: readonly PodFacts[]): string {
  return `deletion was asked for, and nobody confirms that they ended: ${listed(pods.map(podName).sort())}`;
}
