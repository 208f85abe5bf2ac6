import { isFinished, messageOf, type BudgetFacts, type ClusterSender, type PodFacts } from '../../shared/index.ts';
import type { Clock } from '../clock.ts';
import type { Budgets } from './budgets.ts';
import { budgetCause, causeOf, type Cause } from './cause.ts';
import { evictionRequest, outcomeOf, type EvictionOutcome } from './eviction.ts';
import type { Limiter } from './limiter.ts';
import type { DrainPlan, ReasonedPod } from './plan.ts';
import type { PodsOnNode } from './pods-on-node.ts';
import { firstOf } from './waiters.ts';

/** First and longest wait after a failure of the server; doubled in between, up to half of it more by chance. */
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 10_000;
/** The longest pause that a server or a proxy may ask for: a drain that sleeps for an hour looks like one that hangs. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * How long after the end of its grace period (its deletionTimestamp) a pod counts as stuck, in ms: the kubelet takes a
 * few seconds to take it down, and its clock may differ from ours by as much.
 */
const STUCK_AFTER_MS = 10_000;

/** What happened to a pod, told as it happens. */
export interface DrainListener {
  /** It waits; told again only when the reason changes. */
  waiting(pod: PodFacts, cause: Cause): void;
  /** It was asked to go, and does: what it has waited for holds it no more. */
  going(pod: PodFacts): void;
  gone(pod: PodFacts): void;
  /** Its deletion was asked for, and nobody confirms it. */
  unconfirmed(pod: PodFacts): void;
}

/** What carrying out a plan needs. */
export interface DrainTools {
  readonly sender: ClusterSender;
  readonly pods: PodsOnNode;
  /** Shared by all nodes that are drained at once, as the limiter. */
  readonly budgets: Budgets;
  /** Bounds the evictions that the API server sees at once. */
  readonly limiter: Limiter;
  readonly clock: Clock;
  /** Ends the drain: interrupted, or out of time. */
  readonly signal: AbortSignal;
  readonly listener: DrainListener;
  readonly gracePeriodSeconds: number;
  readonly disableEviction: boolean;
  /** The node's kubelet has not been heard of: nobody confirms a deletion there, so none is waited for. */
  readonly unreachable: boolean;
  /** Number between 0 and 1, for spreading retries. */
  random(): number;
}

/** A pod that is still there, and why. */
export interface LeftPod {
  readonly pod: PodFacts;
  readonly cause: Cause;
}

/**
 * Carries out a plan. Pods of one priority go together, those of the next when all of them are gone; pods that end by
 * themselves are waited for beside it. Resolves with the pods that are left: none when all went, some when the signal
 * ended it or the caller may not evict them.
 */
export async function drainNode(plan: DrainPlan, tools: DrainTools): Promise<readonly LeftPod[]> {
  const ended = plan.waitFor.map((waiting) => letEnd(waiting, tools));
  const left = [...(await inOrder(plan.evict, tools)), ...(await Promise.all(ended))];
  return left.filter((pod) => pod !== undefined);
}

async function inOrder(pods: readonly PodFacts[], tools: DrainTools): Promise<readonly LeftPod[]> {
  const classes = [...Map.groupBy(pods, ({ priority }) => priority)].sort(([a], [b]) => a - b).map(([, same]) => same);
  const left: LeftPod[] = [];
  for (const same of classes) {
    // What is left of one class keeps the next where it is: it may be what that class still needs.
    if (left.length > 0) left.push(...same.map((pod) => ({ pod, cause: OUT_OF_TURN })));
    else left.push(...(await Promise.all(same.map((pod) => removePod(pod, tools)))).filter((one) => one !== undefined));
  }
  return left;
}

const OUT_OF_TURN = causeOf('order', 'pods of lower priority go first');
const UNTRIED: EvictionOutcome = { outcome: 'blocked', cause: causeOf('order', 'not tried yet') };
const UNANSWERED = causeOf('server', 'its eviction was asked for, and the API server had not answered');

/** Waits until a pod has ended by itself, and clears it away. */
async function letEnd({ pod, why }: ReasonedPod, tools: DrainTools): Promise<LeftPod | undefined> {
  const cause = causeOf('running', why);
  tools.listener.waiting(pod, cause);
  for (;;) {
    const now = tools.pods.pod(pod.uid);
    if (now === undefined || isFinished(now) || now.deletedAt !== undefined) return removePod(now ?? pod, tools);
    if (tools.signal.aborted) return { pod, cause };
    await tools.pods.moved(pod.uid, tools.signal);
  }
}

async function removePod(pod: PodFacts, tools: DrainTools): Promise<LeftPod | undefined> {
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
function asOfNow(cause: Cause, { budgets }: DrainTools): Cause {
  return cause.budget === undefined ? cause : budgetCause(budgets.current(cause.budget));
}

const ACCEPTED: EvictionOutcome = { outcome: 'accepted' };

async function awaitRemoval(pod: PodFacts, tools: DrainTools): Promise<LeftPod | undefined> {
  if (tools.unreachable) {
    tools.listener.unconfirmed(pod);
    return undefined;
  }
  const { pods, signal, listener } = tools;
  let told = '';
  while (pods.has(pod.uid) && !signal.aborted) {
    const stuckInMs = timeUntilStuck(pod, tools);
    const cause = terminating(pod, tools);
    if (stuckInMs <= 0 && cause.text !== told) {
      told = cause.text;
      listener.waiting(pod, cause);
    }
    await movedOrStuck(pod, stuckInMs, tools);
  }
  if (pods.has(pod.uid)) return { pod, cause: terminating(pod, tools) };
  listener.gone(pod);
  return undefined;
}

/** Milliseconds until a pod counts as stuck, 0 or less where it does; Infinity while nobody has asked it to go. */
function timeUntilStuck({ uid }: PodFacts, { pods, clock }: DrainTools): number {
  const deletedAt = pods.pod(uid)?.deletedAt;
  return deletedAt === undefined ? Infinity : deletedAt + STUCK_AFTER_MS - clock.now();
}

/** Resolves when something happens to the pod, or when the moment comes from which it counts as stuck. */
function movedOrStuck({ uid }: PodFacts, stuckInMs: number, { pods, clock, signal }: DrainTools): Promise<void> {
  if (stuckInMs <= 0 || stuckInMs === Infinity) return pods.moved(uid, signal);
  return firstOf([(until) => pods.moved(uid, until), (until) => clock.sleep(stuckInMs, until)], signal);
}

/** Asks until the API server has accepted, refused for good, or the drain is over. */
async function evict(pod: PodFacts, tools: DrainTools): Promise<EvictionOutcome> {
  const over = new AbortController();
  const signal = AbortSignal.any([tools.signal, over.signal]);
  void departure(pod, tools.pods, signal).then(() => {
    over.abort();
  });
  try {
    return await new Asking(pod, tools, signal).untilAnswered();
  } finally {
    over.abort();
  }
}

/** One pod's way through its tries. */
class Asking {
  readonly #pod: PodFacts;
  readonly #tools: DrainTools;
  /** Ends waits: the drain is over, or the pod is gone. */
  readonly #signal: AbortSignal;
  #last: EvictionOutcome = UNTRIED;
  #told = '';
  #failures = 0;

  constructor(pod: PodFacts, tools: DrainTools, signal: AbortSignal) {
    this.#pod = pod;
    this.#tools = tools;
    this.#signal = signal;
  }

  /** As it is by now: its labels and readiness decide which budget counts it. */
  get #now(): PodFacts {
    return this.#tools.pods.pod(this.#pod.uid) ?? this.#pod;
  }

  async untilAnswered(): Promise<EvictionOutcome> {
    const { pods, signal } = this.#tools;
    for (let tries = 0; !signal.aborted; tries += 1) {
      if (!pods.has(this.#pod.uid)) return { outcome: 'gone' };
      const outcome = await this.#try(tries > 0 && this.#last.outcome === 'blocked');
      if (outcome === undefined) continue;
      this.#last = outcome;
      if (outcome.outcome !== 'blocked' && outcome.outcome !== 'failed') return outcome;
      this.#tell(outcome.cause);
      await this.#pauseAfter(outcome);
    }
    return this.#last;
  }

  /** One try in its turn; undefined where it was cut off, which says nothing about the pod. */
  async #try(wasBlocked: boolean): Promise<EvictionOutcome | undefined> {
    const { budgets, disableEviction, limiter } = this.#tools;
    if (disableEviction) return limiter.run(() => this.#send());
    this.#tellHolding(budgets.holding(this.#now));
    const turn = await budgets.turn(this.#now, wasBlocked, this.#signal);
    const outcome = this.#signal.aborted ? undefined : await limiter.run(() => this.#send());
    const isAnswered = outcome?.outcome === 'accepted' || outcome?.outcome === 'blocked';
    turn.end(isAnswered ? outcome.outcome : 'other');
    return outcome?.outcome === 'blocked' ? this.#inOurWords(outcome) : outcome;
  }

  #tellHolding(budget: BudgetFacts | undefined): void {
    if (budget === undefined) return;
    const cause = budgetCause(budget);
    this.#last = { outcome: 'blocked', cause };
    this.#tell(cause);
  }

  /** The API server names the budget at best; what is known of it says more. */
  #inOurWords(outcome: EvictionOutcome): EvictionOutcome {
    const [only, ...more] = this.#tools.budgets.covering(this.#now);
    return only === undefined || more.length > 0 ? outcome : { outcome: 'blocked', cause: budgetCause(only) };
  }

  async #send(): Promise<EvictionOutcome | undefined> {
    const { sender, limiter, clock, signal, disableEviction } = this.#tools;
    if (signal.aborted) return undefined;
    const request = evictionRequest(this.#pod, { gracePeriodSeconds: this.#grace(), dryRun: false, disableEviction });
    const startedAt = clock.now();
    try {
      const outcome = outcomeOf(await sender.send({ ...request, signal }));
      const now = clock.now();
      limiter.heard(now - startedAt, now, outcome.outcome === 'failed' && outcome.tooBusy);
      return outcome;
    } catch (thrown) {
      if (isAborted(signal)) {
        if (this.#last === UNTRIED) this.#last = { outcome: 'blocked', cause: UNANSWERED };
        return undefined;
      }
      return {
        outcome: 'failed',
        cause: causeOf('server', messageOf(thrown)),
        retryAfterMs: undefined,
        tooBusy: false,
      };
    }
  }

  /** Nobody uses the grace period on a node whose kubelet is gone (Cluster API, machine drain): 1 s, unless one was asked for. */
  #grace(): number {
    const { unreachable, gracePeriodSeconds } = this.#tools;
    return unreachable && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds;
  }

  #tell(cause: Cause): void {
    if (cause.text !== this.#told) this.#tools.listener.waiting(this.#pod, cause);
    this.#told = cause.text;
  }

  /** A blocked pod waits in its turn; after a failure some time has to pass. */
  async #pauseAfter(outcome: EvictionOutcome): Promise<void> {
    this.#failures = outcome.outcome === 'failed' ? this.#failures + 1 : 0;
    if (outcome.outcome !== 'failed') return;
    const { clock } = this.#tools;
    // Never sooner than our own back-off, whatever the server grants (`Retry-After: 0`); never later than it may matter.
    const asked = Math.min(outcome.retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS);
    await clock.sleep(Math.max(asked, backoff(this.#failures, this.#tools.random())), this.#signal);
  }
}

/** The signal changes while others run, which the compiler does not see. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Milliseconds before the next try after so many failures in a row. */
export function backoff(failures: number, random: number): number {
  const base = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
  return base * (1 + random / 2);
}

async function departure(pod: PodFacts, pods: PodsOnNode, until: AbortSignal): Promise<void> {
  while (pods.has(pod.uid) && !until.aborted) await pods.moved(pod.uid, until);
}

function terminating(pod: PodFacts, { pods }: DrainTools): Cause {
  const finalizers = pods.pod(pod.uid)?.finalizers ?? [];
  const held = finalizers.length === 0 ? '' : `, held by finalizers ${finalizers.join(', ')}`;
  return causeOf('terminating', `still terminating${held}`);
}
