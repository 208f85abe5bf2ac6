import { isOutdated, type DaemonSetFacts } from '../../facts/daemonset.ts';
import { isInMaintenance, type NodeFacts } from '../../facts/node.ts';
import { hasException } from '../../record/exceptions.ts';
import { controllerOf } from '../../facts/work.ts';
import { isAlive, podFromObject, type PodFacts } from '../../facts/pod.ts';
import { admitsNode } from '../../scheduling/placement.ts';
import { isTolerated } from '../../scheduling/taints.ts';
import { isDaemonSetControllers } from '../controllers.ts';
import { needKey, type Answer, type Need } from '../needs.ts';
import { NO_OBJECTION, needing, objection, type Judgement, type Subject, type RuleContext } from '../rule.ts';
import { clean } from '../../words.ts';

/** Why a rollout waits. */
export type HoldReason = 'RolloutHeld' | 'Unknown';

/**
 * The hold rule. The DaemonSet controller replaces missing, failed and misplaced pods before it rolls out, and stops
 * the DaemonSet on ALL nodes when such a call is denied (k8s pkg/controller/daemon: manage() runs before
 * rollingUpdate()); so only what the rollout itself does may be denied:
 * - DELETE of a living, healthy pod with an old template on a node in maintenance where it still belongs;
 * - CREATE beside such a pod (maxSurge).
 * A first or a replacement pod is never denied: the old revision cannot come back, and the node needs its add-on.
 */
export function judgeHold(subject: Subject, context: RuleContext): Judgement<HoldReason> {
  const owner = controllerOf(subject.object);
  if (owner === undefined) return NO_OBJECTION;
  const pod = podFromObject(subject.object.raw);
  if (pod === undefined) return NO_OBJECTION;
  const names = nodesOf(pod);
  const node = heldNodeAmong(names, context);
  if (node === undefined) return confirmedFree(names, context);
  const { namespace } = subject.object;
  const wanted: readonly Need[] = [
    { need: 'daemonset', namespace, name: owner.name },
    { need: 'pods-on-node', namespace, node: node.name },
  ];
  const [daemonSet, there] = wanted.map((need) => context.answers.get(needKey(need)));
  if (daemonSet === undefined || there === undefined) return context.live ? needing(...wanted) : NO_OBJECTION;
  return judgeFacts(
    {
      pod,
      ownerUid: owner.uid,
      node,
      operation: subject.request.operation,
      now: context.now,
      brokenAfterMs: context.config.brokenAfterMs,
    },
    daemonSet,
    there,
  );
}

/** A rollout deletes and creates pods; updates of a pod are its own business. */
export function isRollout(subject: Subject): boolean {
  return isDaemonSetControllers(subject) && ['CREATE', 'DELETE'].includes(subject.request.operation);
}

interface Case {
  readonly pod: PodFacts;
  readonly ownerUid: string;
  readonly node: NodeFacts;
  readonly operation: string;
  readonly now: number;
  readonly brokenAfterMs: number;
}

function judgeFacts(rollout: Case, daemonSetAnswer: Answer, podsAnswer: Answer): Judgement<HoldReason> {
  const unknown = [daemonSetAnswer, podsAnswer].find((answer) => answer.answer === 'unknown');
  if (unknown?.answer === 'unknown') {
    const detail = `whether this is a rollout onto node ${rollout.node.name}, where it has to wait, could not be found out (${unknown.why})`;
    return objection({ reason: 'Unknown', detail, nodes: [rollout.node.name], weight: 'unknown' });
  }
  const daemonSet = daemonSetAnswer.answer === 'daemonset' ? daemonSetAnswer.daemonSet : undefined;
  if (daemonSet === undefined || !rollsOut(daemonSet, rollout.ownerUid)) return NO_OBJECTION;
  const living = (podsAnswer.answer === 'pods-on-node' ? podsAnswer.pods : []).filter(
    (other) => other.controller?.uid === daemonSet.uid && isAlive(other),
  );
  const holds =
    rollout.operation === 'DELETE' ? holdsDelete(rollout, daemonSet, living) : holdsCreate(rollout, daemonSet, living);
  if (!holds) return NO_OBJECTION;
  const name = clean(`${daemonSet.namespace}/${daemonSet.name}`, 120);
  const detail = `the rollout of DaemonSet ${name} waits: its pod on node ${rollout.node.name} stays as it is during maintenance`;
  return objection({ reason: 'RolloutHeld', detail, nodes: [rollout.node.name] });
}

function rollsOut(daemonSet: DaemonSetFacts, ownerUid: string): boolean {
  return daemonSet.uid === ownerUid && !daemonSet.deleting && daemonSet.rollingUpdate;
}

function holdsDelete(rollout: Case, daemonSet: DaemonSetFacts, living: readonly PodFacts[]): boolean {
  return isHoldable(rollout.pod, rollout, daemonSet) && !living.some((other) => other.uid !== rollout.pod.uid);
}

function holdsCreate(rollout: Case, daemonSet: DaemonSetFacts, living: readonly PodFacts[]): boolean {
  return living.some((other) => isHoldable(other, rollout, daemonSet));
}

/** A living pod of an old template, not broken, on a node where the DaemonSet still wants one. */
function isHoldable(pod: PodFacts, rollout: Case, daemonSet: DaemonSetFacts): boolean {
  return isAlive(pod) && isOutdated(pod, daemonSet) && belongs(daemonSet, rollout.node) && !isBroken(pod, rollout);
}

/** The controller lets a pod go on running there (k8s pkg/controller/daemon NodeShouldRunDaemonPod): NoSchedule came too late. */
function belongs({ placement }: DaemonSetFacts, node: NodeFacts): boolean {
  return (
    admitsNode(placement, node) &&
    node.taints.every((taint) => isTolerated(taint, placement.tolerations, ['NoExecute']))
  );
}

/**
 * A pod that stays not Ready on a Ready node may be replaced: held on, it would stop the rollout everywhere. Its time
 * begins when the node is Ready: while the node was down nothing could start on it.
 */
function isBroken(pod: PodFacts, { node, now, brokenAfterMs }: Case): boolean {
  if (pod.ready || !node.ready || pod.readyChangedAt === undefined) return false;
  return now - Math.max(pod.readyChangedAt, node.readyChangedAt ?? -Infinity) > brokenAfterMs;
}

/** The node that a pod is on, or that the controller pins it to (matchFields metadata.name). */
function nodesOf(pod: PodFacts): readonly string[] {
  return pod.nodeName === '' ? pinnedNames(pod) : [pod.nodeName];
}

function heldNodeAmong(names: readonly string[], { nodeIndex }: RuleContext): NodeFacts | undefined {
  return nodeIndex.held.find((node) => names.includes(node.name) && !isReturning(node));
}

/**
 * A pod is let go only after its node was read: a cache may not have heard of a mark that was just made, and the
 * controller tries again until some replica lets it.
 */
function confirmedFree(names: readonly string[], { answers, live }: RuleContext): Judgement<HoldReason> {
  const open: readonly Need[] = names
    .map((name) => ({ need: 'node', name }) as const)
    .filter((need) => !answers.has(needKey(need)));
  if (live && open.length > 0) return needing(...open);
  for (const name of names) {
    const answer = answers.get(needKey({ need: 'node', name }));
    if (answer?.answer !== 'unknown') continue;
    const detail = `whether node ${name} is in maintenance, where a rollout has to wait, could not be found out (${answer.why})`;
    // Nobody has said that it is: on most nodes, add-ons would be stopped by an API server that is slow.
    return objection({ reason: 'Unknown', detail, nodes: [name], weight: 'advise' });
  }
  return NO_OBJECTION;
}

/** Whether add-on changes wait on the node now: it is in maintenance, not on its way back, and has no exception. */
export function holdsAddons(node: NodeFacts, now: number): boolean {
  const isLetGo = node.record.kind === 'record' && hasException(node.record.record, 'addon', now);
  return isInMaintenance(node) && !isReturning(node) && !isLetGo;
}

/** On the way back, held changes are let go first, so that the node is judged healthy with what it will run. */
function isReturning(node: NodeFacts): boolean {
  return node.record.kind === 'record' && node.state === 'returning';
}

function pinnedNames(pod: PodFacts): readonly string[] {
  const terms = pod.work.template?.placement.terms ?? [];
  return terms.flatMap(({ fields }) => fields.filter(({ operator }) => operator === 'In').map(({ name }) => name));
}
