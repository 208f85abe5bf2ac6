import { messageOf, type ClusterSender, type PodFacts } from '../../shared/index.ts';
import type { Clock } from '../clock.ts';
import type { Budgets } from './budgets.ts';
import { evictionRequest, outcomeOf, type EvictionOutcome } from './eviction.ts';
import type { Limiter } from './limiter.ts';
import type { DrainPlan } from './plan.ts';
import type { PodsOnNode } from './pods-on-node.ts';

/** How long a blocked pod waits at most before it is tried again, should no watch tell of its budget: kubectl's 5 s. */
const BLOCKED_RETRY_MS = 5000;
/** First and longest wait after a failure of the server; doubled in between, up to half of it more by chance. */
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 10_000;
/** The longest pause that a server or a proxy may ask for: a drain that sleeps for an hour looks like one that hangs. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** What happened to a pod, told as it happens. */
export interface DrainListener {
  /** It waits; told again only when the reason changes. */
  waiting(pod: PodFacts, why: string): void;
  gone(pod: PodFacts): void;
  /** Its deletion was asked for, and nobody confirms it. */
  unconfirmed(pod: PodFacts): void;
}

/** What carrying out a plan needs. */
export interface DrainTools {
  readonly sender: ClusterSender;
  readonly pods: PodsOnNode;
  readonly budgets: Budgets;
  /** Bounds the evictions that the API server sees at once. */
  readonly limiter: Limiter;
  readonly clock: Clock;
  /** Ends the drain: interrupted, or out of time. */
  readonly signal: AbortSignal;
  readonly listener: DrainListener;
  readonly gracePeriodSeconds: number;
  /** The node's kubelet has not been heard of: nobody confirms a deletion there, so none is waited for. */
  readonly unreachable: boolean;
  /** Number between 0 and 1, for spreading retries. */
  random(): number;
}

/** A pod that is still there, and why. */
export interface LeftPod {
  readonly pod: PodFacts;
  readonly why: string;
  /** Trying again cannot help: the caller may not evict it. */
  readonly refused: boolean;
}

/** Carries out a plan. Resolves with the pods that are left: none when all went, some when the signal ended it. */
export async function drainNode(plan: DrainPlan, tools: DrainTools): Promise<readonly LeftPod[]> {
  const results = await Promise.all(plan.evict.map((pod) => removePod(pod, tools)));
  return results.filter((left) => left !== undefined);
}

async function removePod(pod: PodFacts, tools: DrainTools): Promise<LeftPod | undefined> {
  const evicted = pod.deletedAt === undefined ? await evict(pod, tools) : ACCEPTED;
  if (evicted.outcome === 'accepted') return awaitRemoval(pod, tools);
  if (evicted.outcome !== 'gone') return { pod, why: evicted.why, refused: evicted.outcome === 'refused' };
  tools.listener.gone(pod);
  return undefined;
}

const ACCEPTED: EvictionOutcome = { outcome: 'accepted' };

async function awaitRemoval(pod: PodFacts, tools: DrainTools): Promise<LeftPod | undefined> {
  if (tools.unreachable) {
    tools.listener.unconfirmed(pod);
    return undefined;
  }
  await departure(pod, tools, tools.signal);
  if (tools.pods.has(pod.uid)) return { pod, why: terminating(pod, tools), refused: false };
  tools.listener.gone(pod);
  return undefined;
}

/** Asks until the API server has accepted, refused for good, or the drain is over. */
async function evict(pod: PodFacts, tools: DrainTools): Promise<EvictionOutcome> {
  let last: EvictionOutcome = { outcome: 'blocked', why: 'not tried yet' };
  let failures = 0;
  let told = '';
  while (!tools.signal.aborted) {
    if (!tools.pods.has(pod.uid)) return { outcome: 'gone' };
    const outcome = await attempt(pod, tools);
    if (outcome === undefined) break;
    last = outcome;
    if (last.outcome !== 'blocked' && last.outcome !== 'failed') return last;
    if (last.why !== told) tools.listener.waiting(pod, last.why);
    told = last.why;
    failures = last.outcome === 'failed' ? failures + 1 : 0;
    await pause(pod, last, failures, tools);
  }
  return last;
}

/** One try; undefined where the end of the drain cut it off, which says nothing about the pod. */
async function attempt(pod: PodFacts, tools: DrainTools): Promise<EvictionOutcome | undefined> {
  const isOver = (): boolean => tools.signal.aborted;
  const gracePeriodSeconds = graceFor(tools);
  return tools.limiter.run(async () => {
    if (isOver()) return undefined;
    try {
      const request = evictionRequest(pod, { gracePeriodSeconds, dryRun: false });
      return outcomeOf(await tools.sender.send({ ...request, signal: tools.signal }));
    } catch (thrown) {
      return isOver() ? undefined : { outcome: 'failed', why: messageOf(thrown), retryAfterMs: undefined };
    }
  });
}

/** Nobody uses the grace period on a node whose kubelet is gone (Cluster API, machine drain): 1 s, unless one was asked for. */
function graceFor({ unreachable, gracePeriodSeconds }: DrainTools): number {
  return unreachable && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds;
}

/** Waits until another try makes sense: the budget allows it, the pod is gone, or some time has passed. */
async function pause(pod: PodFacts, last: EvictionOutcome, failures: number, tools: DrainTools): Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([over.signal, tools.signal]);
  const ms = last.outcome === 'failed' ? failurePause(last.retryAfterMs, failures, tools) : BLOCKED_RETRY_MS;
  const reasons = [tools.clock.sleep(ms, until), departure(pod, tools, until)];
  if (last.outcome === 'blocked') reasons.push(tools.budgets.allows(pod.namespace, until));
  await Promise.race(reasons);
  over.abort();
}

/** Never sooner than our own back-off, whatever the server grants (`Retry-After: 0`); never later than it may matter. */
function failurePause(retryAfterMs = 0, failures: number, tools: DrainTools): number {
  return Math.max(Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS), backoff(failures, tools.random()));
}

/** Milliseconds before the next try after so many failures in a row. */
export function backoff(failures: number, random: number): number {
  const base = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
  return base * (1 + random / 2);
}

async function departure(pod: PodFacts, tools: DrainTools, until: AbortSignal): Promise<void> {
  while (tools.pods.has(pod.uid) && !until.aborted) await tools.pods.changed(until);
}

function terminating(pod: PodFacts, tools: DrainTools): string {
  const finalizers = tools.pods.pod(pod.uid)?.finalizers ?? [];
  return finalizers.length === 0
    ? 'still terminating'
    : `still terminating, held by finalizers ${finalizers.join(', ')}`;
}
