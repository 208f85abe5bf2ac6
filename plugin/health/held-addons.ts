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
import { readPods } from '../drain/read.ts';
import type { Session } from '../session.ts';

/** Annotation that we write on a held pod: any event of a pod makes the DaemonSet controller look again at once. */
const TOUCHED = `${PREFIX}touched`;

/** How often is looked when nothing on the node moves. */
const LOOK_EVERY_MS = 1000;

/** How often a pod that is still behind is touched again: a webhook that had not heard of the return yet may have refused once more. */
const TOUCH_EVERY_MS = 1000;

/** Lets held add-on changes go without waiting for them. */
export async function wakeAddons(node: string, session: Session): Promise<void> {
  const behind = await readHeldPods(await readPods(node, undefined, session.cluster), session.cluster, session.signal);
  await toucher(session)(behind);
}

/**
 * Waits until every add-on whose change was held back on the node is current and Ready there.
 * Throws `gave-up` with what is missing when the signal ends it.
 */
export async function catchUpAddons(node: string, session: Session, signal: AbortSignal): Promise<void> {
  const note = session.screen.note.bind(session.screen);
  const pods = followPods(node, undefined, session, { signal, note });
  const behind = await readHeldPods(await pods.first, session.cluster, signal);
  if (behind.length === 0) return;
  session.screen.note(`node/${node} add-ons catch up: ${behind.map(podName).join(', ')}`);
  await waitFor(node, behind, pods, { session, signal });
}

/** The living pods of DaemonSets whose template is not the current one. */
export async function readHeldPods(
  pods: readonly PodFacts[],
  cluster: Cluster,
  signal: AbortSignal,
): Promise<readonly PodFacts[]> {
  const owned = pods.filter((pod) => isAlive(pod) && isDaemonSets(pod));
  const current = await readDaemonSets(owned, cluster, signal);
  return owned.filter((pod) => isBehind(pod, current.get(ownerUid(pod))));
}

interface Waiting {
  readonly session: Session;
  readonly signal: AbortSignal;
}

async function waitFor(
  node: string,
  held: readonly PodFacts[],
  pods: PodsOnNode,
  { session, signal }: Waiting,
): Promise<void> {
  const touch = toucher(session);
  for (;;) {
    const current = await readDaemonSets(held, session.cluster, signal);
    // A DaemonSet that is gone meanwhile has nothing to catch up with.
    const late = held.filter((pod) => current.has(ownerUid(pod)) && !isServed(pod, current, pods.all()));
    if (late.length === 0) return;
    await touch(pods.all().filter((pod) => isAlive(pod) && isBehind(pod, current.get(ownerUid(pod)))));
    await Promise.race([pods.changed(signal), session.clock.sleep(LOOK_EVERY_MS, signal)]);
    if (signal.aborted) throw notCaughtUp(node, late);
  }
}

/** Whether the DaemonSet of a held pod has one on the node that is current and Ready, and no old one left. */
function isServed(held: PodFacts, current: ReadonlyMap<string, DaemonSetFacts>, pods: readonly PodFacts[]): boolean {
  const mine = pods.filter((pod) => ownerUid(pod) === ownerUid(held) && isAlive(pod));
  return mine.length > 0 && mine.every((pod) => pod.ready && !isBehind(pod, current.get(ownerUid(pod))));
}

function notCaughtUp(node: string, late: readonly PodFacts[]): MaintError {
  const names = late.map((pod) => `${pod.namespace}/${pod.controller?.name ?? ''}`);
  return new MaintError(
    'gave-up',
    `DaemonSets are not current and Ready on node ${node} in time: ${names.join(', ')}`,
    {
      hint: `it stays in maintenance (Returning); run kubectl maint off ${node} again to go on, or with --skip-health-check`,
    },
  );
}

function isDaemonSets(pod: PodFacts): boolean {
  return pod.controller?.kind === 'DaemonSet' && pod.controller.group === 'apps';
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

function isBehind(pod: PodFacts, daemonSet: DaemonSetFacts | undefined): boolean {
  if (daemonSet?.currentHash === undefined || !daemonSet.rollingUpdate) return false;
  return pod.labels.get(REVISION_HASH_LABEL) !== daemonSet.currentHash;
}

/** Without the right to patch pods the controller still comes by itself, after its back-off. */
const NO_TOUCH = 'no right to patch pods: add-ons catch up when their controller tries again, which may take minutes';

/** Touches pods, at most every TOUCH_EVERY_MS; says once if that is not allowed. */
function toucher(session: Session): (pods: readonly PodFacts[]) => Promise<void> {
  let touchedAt = -Infinity;
  let forbidden = false;
  return async (pods) => {
    const now = session.clock.now();
    if (forbidden || now - touchedAt < TOUCH_EVERY_MS) return;
    touchedAt = now;
    for (const pod of pods) forbidden ||= (await touch(pod, session)) === 403;
    if (forbidden) session.screen.warn(NO_TOUCH);
  };
}

async function touch(pod: PodFacts, { cluster, clock }: Session): Promise<number> {
  const answer = await cluster.send({
    method: 'PATCH',
    path: podPath(pod.namespace, pod.name),
    contentType: 'application/merge-patch+json',
    body: { metadata: { uid: pod.uid, annotations: { [TOUCHED]: timestamp(clock.now()) } } },
  });
  return answer.status;
}

function ownerUid(pod: PodFacts): string {
  return pod.controller?.uid ?? '';
}
