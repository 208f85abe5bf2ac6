import { isAlive, type PodFacts } from '../../shared/index.ts';
import { evict } from './evict.ts';
import { budgetCause, causeOf, STUCK_AFTER_MS, terminatingCause, type Cause } from './cause.ts';
import type { EvictionOutcome } from './eviction.ts';
import { inOrder } from './order.ts';
import type { DrainPlan, WaitedPod } from './plan.ts';
import type { DrainPorts, LeftPod } from './ports.ts';
import { firstOf, type Wait } from '../session/wait.ts';

/**
 * Carries out a plan. Pods of low priority are asked first (see order.ts); pods that end by themselves are waited for
 * beside it. Resolves with the pods that are left: none when all went, some when the signal ended it or the caller may
 * not evict them.
 */
export async function drainNode(plan: DrainPlan, tools: DrainPorts): Promise<readonly LeftPod[]> {
  const ended = plan.waitFor.map((waiting) => letEnd(waiting, tools));
  const left = [...(await inOrder(plan.evict, tools, removePod)), ...(await Promise.all(ended))];
  return left.filter((pod) => pod !== undefined);
}

/** Waits until a pod, or what runs inside it, has ended by itself, and clears the pod away. */
async function letEnd({ pod, why, inside }: WaitedPod, tools: DrainPorts): Promise<LeftPod | undefined> {
  const cause = causeOf('running', why);
  tools.listener.waiting(pod, cause);
  for (;;) {
    const now = tools.pods.get(pod.uid);
    const isOver = now === undefined || !isAlive(now) || (inside && tools.inside.in(now) === undefined);
    // What ran on a node that is not heard of any more ends for nobody to see.
    if (isOver || tools.node.unreachable) return removePod(now ?? pod, tools);
    if (tools.signal.aborted) return { pod, cause };
    await moved(pod, Infinity, tools, inside ? [(stop) => tools.inside.changed(stop)] : []);
  }
}

async function removePod(pod: PodFacts, tools: DrainPorts): Promise<LeftPod | undefined> {
  const evicted = pod.deletedAt === undefined ? await evict(pod, tools) : ACCEPTED;
  if (evicted.outcome === 'accepted') {
    tools.listener.going(pod);
    return awaitRemoval(pod, tools);
  }
  if (evicted.outcome !== 'gone') return { pod, cause: asOfNow(evicted.cause, tools) };
  tools.listener.gone(pod);
  return undefined;
}

/** A budget's numbers change while pods wait for it. */
function asOfNow(cause: Cause, { budgets }: DrainPorts): Cause {
  return cause.budget === undefined ? cause : budgetCause(budgets.current(cause.budget));
}

const ACCEPTED: EvictionOutcome = { outcome: 'accepted' };

async function awaitRemoval(pod: PodFacts, tools: DrainPorts): Promise<LeftPod | undefined> {
  const { pods, signal, listener } = tools;
  let told = '';
  while (pods.has(pod.uid) && !signal.aborted) {
    const overdueMs = tools.clock.now() - (pods.get(pod.uid)?.deletedAt ?? Infinity);
    if (isNotWaitedFor(overdueMs, tools)) {
      listener.unconfirmed(pod);
      return undefined;
    }
    const cause = terminating(pod, tools);
    if (overdueMs >= STUCK_AFTER_MS && cause.text !== told) {
      told = cause.text;
      listener.waiting(pod, cause);
    }
    await moved(pod, nextLookMs(overdueMs, tools), tools);
  }
  if (pods.has(pod.uid)) return { pod, cause: terminating(pod, tools) };
  listener.gone(pod);
  return undefined;
}

/** `overdueMs`: since the end of its grace period; negative before it. kubectl skips it from the first moment after N seconds. */
function isNotWaitedFor(overdueMs: number, { node, skipWaitForDeleteSeconds: seconds }: DrainPorts): boolean {
  return node.unreachable || (seconds > 0 && overdueMs > seconds * 1000);
}

/** Milliseconds until the pod counts as stuck, or is not waited for any more; Infinity where only news can change anything. */
function nextLookMs(overdueMs: number, { skipWaitForDeleteSeconds: seconds }: DrainPorts): number {
  // A millisecond more: it has to be longer ago than so many seconds.
  const moments = [STUCK_AFTER_MS, ...(seconds > 0 ? [seconds * 1000 + 1] : [])];
  return Math.min(...moments.map((moment) => moment - overdueMs).filter((ms) => ms > 0), Infinity);
}

/** Resolves when something happens to the pod or its node, at other news, or after some time. */
function moved(
  { uid }: PodFacts,
  ms: number,
  { pods, clock, node, signal }: DrainPorts,
  others: readonly Wait[] = [],
): Promise<void> {
  const news: readonly Wait[] = [(stop) => pods.changed(stop, uid), (stop) => node.changed(stop), ...others];
  return firstOf(ms === Infinity ? news : [...news, (stop) => clock.sleep(ms, stop)], signal);
}

function terminating({ uid }: PodFacts, { pods }: DrainPorts): Cause {
  return terminatingCause(pods.get(uid) ?? { finalizers: [] });
}
