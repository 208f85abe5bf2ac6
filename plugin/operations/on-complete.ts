import type { PodFacts } from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import { listed } from '../drain/cause.ts';
import { podName } from '../drain/plan.ts';
import { nameOf } from '../drain/progress.ts';
import type { ConditionChange } from '../nodes/conditions.ts';
import { statePatch, type NodePatch } from '../nodes/mark.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import { NodeGone, writeNode } from '../nodes/write.ts';
import type { OnRun } from './on-run.ts';
import { whyOver } from './on-over.ts';

/** What a drain that came to its end leaves on the node. */
export interface DrainEnd {
  /** Pods whose deletion was asked for, and that nobody has confirmed to be gone. */
  readonly unconfirmed: readonly PodFacts[];
  /** Pods that came meanwhile, cordon or not, and that drains leave alone without a flag. */
  readonly stayed: readonly PodFacts[];
}

/** Completes the record of a node that is drained, and says so: to people, scripts and the node, and no more than is known. */
export async function complete(node: NodeSnapshot, end: DrainEnd, run: OnRun): Promise<void> {
  const { session, announcer, report } = run;
  const { name } = node.facts;
  const now = timestamp(session.clock.now());
  const patchFor = (fresh: NodeSnapshot): NodePatch | undefined => {
    const why = whyOver(node, fresh, run);
    if (why !== undefined) throw why;
    return statePatch(fresh, 'complete', now, end.unconfirmed.length);
  };
  const written = await writeNode(await announcer.latest(node), patchFor, session.cluster).catch((thrown: unknown) => {
    throw thrown instanceof NodeGone ? (whyOver(node, undefined, run) ?? thrown) : thrown;
  });
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
