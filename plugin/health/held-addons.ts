import {
  answersFromCluster,
  isAlive,
  isFinished,
  REVISION_HASH_LABEL,
  type Cluster,
  type DaemonSetFacts,
  type PodFacts,
} from '../../shared/index.ts';
import type { Following, PodsOnNode } from '../drain/pods-on-node.ts';
import type { Session } from '../session/session.ts';
import { notWoken } from './not-woken.ts';

/** The add-ons whose change was held back on a node, while they catch up. */
export interface HeldAddons {
  /** `NAMESPACE/NAME` of each DaemonSet that was behind at first, sorted. */
  readonly names: readonly string[];
  /** Those that are not current and Ready on the node yet. Throws ClusterRefusal. */
  late(): Promise<readonly string[]>;
  /** Resolves when a pod on the node changes, or when the signal aborts. */
  changed(signal: AbortSignal): Promise<void>;
}

/** The DaemonSets of some pods as they are now, by UID. */
export function readDaemonSetsOf(
  pods: readonly PodFacts[],
  cluster: Cluster,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, DaemonSetFacts>> {
  return readDaemonSets(daemonSetPods(pods), cluster, signal);
}

/** The living pods of DaemonSets whose template is not the current one. */
export function heldPods(pods: readonly PodFacts[], current: ReadonlyMap<string, DaemonSetFacts>): readonly PodFacts[] {
  return daemonSetPods(pods).filter((pod) => isAlive(pod) && isBehind(pod, current.get(ownerUid(pod))));
}

async function readBehind(
  owned: readonly PodFacts[],
  cluster: Cluster,
  signal: AbortSignal,
): Promise<readonly PodFacts[]> {
  const current = await readDaemonSets(owned, cluster, signal);
  return owned.filter((pod) => isBehind(pod, current.get(ownerUid(pod))));
}

/**
 * Finds the add-ons that were held back on a node, by its pods, and follows them until the signal aborts. The controller of kubectl maint
 * tells theirs to go on as soon as it sees the node return; one that nobody tells is noted, once.
 */
export async function followHeldAddons(
  pods: PodsOnNode,
  session: Session,
  { signal, note }: Following,
): Promise<HeldAddons> {
  // One that was asked to go and is still there is on its way: the kubelet may be gone, or an earlier `off` has begun it.
  const held = await readBehind(daemonSetPods(await pods.first), session.cluster, signal);
  const since = session.clock.now();
  const noted = new Set<string>();
  let late = held;
  return {
    names: namesOf(held),
    changed: (stop) => pods.changed(stop),
    late: async () => {
      if (late.length === 0) return [];
      const current = await readDaemonSets(late, session.cluster, signal);
      // A DaemonSet that is gone meanwhile has nothing to catch up with.
      late = late.filter((pod) => current.has(ownerUid(pod)) && !isServed(pod, current, pods));
      for (const daemonSet of daemonSetsBehind(daemonSetPods(pods.all()).filter(isAlive), current)) {
        const text = notWoken(daemonSet, { since, now: session.clock.now() });
        if (text === undefined || noted.has(daemonSet.uid)) continue;
        noted.add(daemonSet.uid);
        note(text);
      }
      return namesOf(late);
    },
  };
}

/** Whether the DaemonSet of a held pod has one on the node that is current and Ready, and no old one left. */
function isServed(held: PodFacts, current: ReadonlyMap<string, DaemonSetFacts>, pods: PodsOnNode): boolean {
  const mine = pods.all().filter((pod) => ownerUid(pod) === ownerUid(held) && isAlive(pod));
  return mine.length > 0 && mine.every((pod) => pod.ready && !isBehind(pod, current.get(ownerUid(pod))));
}

/** The pods of DaemonSets that have not ended. */
function daemonSetPods(pods: readonly PodFacts[]): readonly PodFacts[] {
  return pods.filter(
    (pod) => !isFinished(pod) && pod.controller?.kind === 'DaemonSet' && pod.controller.group === 'apps',
  );
}

/** The DaemonSets of some pods as they are now, by UID; those that are gone are missing. */
async function readDaemonSets(
  pods: readonly PodFacts[],
  cluster: Cluster,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, DaemonSetFacts>> {
  const fetch = answersFromCluster(cluster, signal);
  const wanted = new Map(
    pods.map((pod) => [ownerUid(pod), { namespace: pod.namespace, name: pod.controller?.name ?? '' }]),
  );
  const found = await Promise.all(
    [...wanted].map(async ([uid, where]) => {
      const answer = await fetch({ need: 'daemonset', ...where });
      const daemonSet = answer.answer === 'daemonset' ? answer.daemonSet : undefined;
      return daemonSet?.uid === uid && !daemonSet.deleting ? ([[uid, daemonSet]] as const) : [];
    }),
  );
  return new Map(found.flat());
}

function daemonSetsBehind(
  pods: readonly PodFacts[],
  current: ReadonlyMap<string, DaemonSetFacts>,
): ReadonlySet<DaemonSetFacts> {
  const behind = pods.map((pod) => ({ pod, daemonSet: current.get(ownerUid(pod)) }));
  return new Set(behind.flatMap(({ pod, daemonSet }) => (daemonSet && isBehind(pod, daemonSet) ? [daemonSet] : [])));
}

function isBehind(pod: PodFacts, daemonSet: DaemonSetFacts | undefined): boolean {
  if (daemonSet?.currentHash === undefined || !daemonSet.rollingUpdate) return false;
  return pod.labels.get(REVISION_HASH_LABEL) !== daemonSet.currentHash;
}

function namesOf(pods: readonly PodFacts[]): readonly string[] {
  return [...new Set(pods.map((pod) => `${pod.namespace}/${pod.controller?.name ?? ''}`))].sort();
}

function ownerUid(pod: PodFacts): string {
  return pod.controller?.uid ?? '';
}
