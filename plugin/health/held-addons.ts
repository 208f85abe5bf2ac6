import {
  answersFromCluster,
  isAlive,
  MaintError,
  podPath,
  PREFIX,
  REVISION_HASH_LABEL,
  type Cluster,
  type DaemonSetFacts,
  type PodFacts,
} from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import { followPods, type PodsOnNode } from '../drain/pods-on-node.ts';
import { podName } from '../drain/plan.ts';
import type { Session } from '../session.ts';

/** Annotation that we write on a held pod: any event of a pod makes the DaemonSet controller look again at once. */
const TOUCHED = `${PREFIX}touched`;

/** How often is looked when nothing on the node moves. */
const LOOK_EVERY_MS = 1000;

/** How often a pod that is still behind is touched again: a webhook that had not heard of the return yet may have refused once more. */
const TOUCH_EVERY_MS = 3000;

/**
 * Waits until every add-on whose change was held back on the node is current and Ready there.
 * Throws `gave-up` with what is missing when the signal ends it.
 */
export async function catchUpAddons(node: string, session: Session, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  try {
    const pods = followPods(node, undefined, session.cluster, until);
    const first = await pods.first;
    const behind = await pendingAmong(first, session.cluster, until);
    if (behind.length > 0) session.screen.note(`node/${node} add-ons catch up: ${behind.map(podName).join(', ')}`);
    const owners = new Set(behind.map(ownerUid));
    await waitFor(node, owners, pods, { session, until });
  } finally {
    over.abort();
  }
}

interface Waiting {
  readonly session: Session;
  readonly until: AbortSignal;
}

async function waitFor(
  node: string,
  owners: ReadonlySet<string>,
  pods: PodsOnNode,
  { session, until }: Waiting,
): Promise<void> {
  if (owners.size === 0) return;
  let touchedAt: number | undefined;
  for (;;) {
    const mine = pods.all().filter((pod) => owners.has(ownerUid(pod)) && isAlive(pod));
    const behind = await pendingAmong(mine, session.cluster, until);
    const served = new Set(mine.filter((pod) => pod.ready && !behind.includes(pod)).map(ownerUid));
    if (behind.length === 0 && served.size === owners.size) return;
    const now = session.clock.now();
    if (touchedAt === undefined || now - touchedAt >= TOUCH_EVERY_MS) {
      const allowed = await touchAll(behind, session);
      if (!allowed && touchedAt === undefined) session.screen.warn(NO_TOUCH);
      touchedAt = now;
    }
    await Promise.race([pods.changed(until), session.clock.sleep(LOOK_EVERY_MS, until)]);
    if (!until.aborted) continue;
    const missing = behind.length > 0 ? behind.map(podName).join(', ') : `${owners.size - served.size} pods not Ready`;
    throw new MaintError('gave-up', `add-ons on node ${node} did not catch up in time: ${missing}`, {
      hint: `it stays in maintenance (Returning); run kubectl maint off ${node} again to go on`,
    });
  }
}

/** Living pods of a DaemonSet whose template is not the current one. */
async function pendingAmong(
  pods: readonly PodFacts[],
  cluster: Cluster,
  signal: AbortSignal,
): Promise<readonly PodFacts[]> {
  const owned = pods.filter(
    (pod) => isAlive(pod) && pod.controller?.kind === 'DaemonSet' && pod.controller.group === 'apps',
  );
  const daemonSets = new Map<string, DaemonSetFacts>();
  const fetch = answersFromCluster(cluster, signal);
  for (const pod of owned) {
    if (signal.aborted) return owned;
    if (daemonSets.has(ownerUid(pod))) continue;
    const answer = await fetch({ need: 'daemonset', namespace: pod.namespace, name: pod.controller?.name ?? '' });
    if (answer.answer === 'daemonset' && answer.daemonSet !== undefined)
      daemonSets.set(answer.daemonSet.uid, answer.daemonSet);
  }
  return owned.filter((pod) => isBehind(pod, daemonSets.get(ownerUid(pod))));
}

function isBehind(pod: PodFacts, daemonSet: DaemonSetFacts | undefined): boolean {
  if (daemonSet === undefined || daemonSet.deleting || !daemonSet.rollingUpdate) return false;
  return daemonSet.currentHash !== undefined && pod.labels.get(REVISION_HASH_LABEL) !== daemonSet.currentHash;
}

/** Without the right to patch pods the controller still comes by itself, after its back-off. */
const NO_TOUCH = 'no right to patch pods: add-ons catch up when their controller tries again, which may take minutes';

/** Touches pods; false where the caller has no right to. */
async function touchAll(pods: readonly PodFacts[], { cluster, clock }: Session): Promise<boolean> {
  for (const pod of pods) {
    const { status } = await cluster.send({
      method: 'PATCH',
      path: podPath(pod.namespace, pod.name),
      contentType: 'application/merge-patch+json',
      body: { metadata: { uid: pod.uid, annotations: { [TOUCHED]: timestamp(clock.now()) } } },
    });
    if (status === 403) return false;
  }
  return true;
}

function ownerUid(pod: PodFacts): string {
  return pod.controller?.uid ?? '';
}
