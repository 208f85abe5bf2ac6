import {
  answersFromCluster,
  daemonSetFromObjects,
  GENERATION_LABEL,
  holdsAddons,
  isAlive,
  isOutdated,
  renderSelector,
  type Answer,
  type ClusterReader,
  type DaemonSetFacts,
  type NodeFactsIndex,
  type PodFacts,
} from '../../../shared/index.ts';

/** A rollout as far as it is followed. */
export interface Rollout {
  readonly namespace: string;
  readonly name: string;
  /** Another text as soon as one more node is served, or the template changes again. */
  readonly progress: string;
  /** Whether some node does not run the current template yet. */
  readonly isBehind: boolean;
}

/** The rollout of a DaemonSet object; undefined where the object is none. */
export function rolloutFromObject(object: unknown): Rollout | undefined {
  const daemonSet = daemonSetFromObjects(object, []);
  if (daemonSet === undefined) return undefined;
  const { namespace, name, templateGeneration, observed, updated } = daemonSet;
  const progress = [templateGeneration, observed, updated].join('/');
  return { namespace, name, progress, isBehind: isBehind(daemonSet) };
}

/** Until its controller has seen the template its counts are those of the one before. */
function isBehind({ deleting, rollingUpdate, observed, scheduled, updated }: DaemonSetFacts): boolean {
  return rollingUpdate && !deleting && (!observed || updated < scheduled);
}

/** Whether a node where nothing is held does not run the current template. Throws what reading throws. */
export async function isOwedToNodes(
  { namespace, name }: Pick<Rollout, 'namespace' | 'name'>,
  nodes: { readonly nodeIndex: NodeFactsIndex; readonly now: number },
  { reader, signal }: { readonly reader: ClusterReader; readonly signal: AbortSignal },
): Promise<boolean> {
  const fetch = answersFromCluster(reader, signal);
  const daemonSet = daemonSetIn(await fetch({ need: 'daemonset', namespace, name }));
  if (daemonSet === undefined || !daemonSet.observed || !isBehind(daemonSet)) return false;
  const holding = nodes.nodeIndex.held.filter((node) => holdsAddons(node, nodes.now));
  // More are behind than are held. Fewer may be other nodes all the same: of one that is down no pod is counted.
  if (daemonSet.scheduled - daemonSet.updated > holding.length) return true;
  const selector = outdatedPods(daemonSet);
  const pods = selector === undefined ? [] : podsIn(await fetch({ need: 'pods', namespace, selector }));
  const held = new Set(holding.map((node) => node.name));
  return pods.some((pod) => isOldOf(daemonSet, pod) && !held.has(pod.nodeName));
}

function isOldOf(daemonSet: DaemonSetFacts, pod: PodFacts): boolean {
  return pod.controller?.uid === daemonSet.uid && isAlive(pod) && isOutdated(pod, daemonSet);
}

/** Selects the pods of older templates alone: on a large cluster the others are thousands. */
function outdatedPods({ selector, templateGeneration }: DaemonSetFacts): string | undefined {
  const older = { key: GENERATION_LABEL, operator: 'NotIn', values: new Set([templateGeneration]) } as const;
  return selector && renderSelector([...selector, older]);
}

function daemonSetIn(answer: Answer): DaemonSetFacts | undefined {
  return answer.answer === 'daemonset' ? answer.daemonSet : undefined;
}

function podsIn(answer: Answer): readonly PodFacts[] {
  return answer.answer === 'pods' ? answer.pods : [];
}
