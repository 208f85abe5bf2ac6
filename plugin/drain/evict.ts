import { messageOf, pauseAfter, type BackOff, type PodFacts } from '../../shared/index.ts';
import { budgetCause, causeOf, type Cause } from './cause.ts';
import type { AskedOutcome } from './live-database.ts';
import type { DrainPorts } from './ports.ts';
import { evictionRequest, outcomeOf, type EvictionOutcome } from './eviction.ts';
import type { PodsOnNode } from './pods-on-node.ts';

/** After failures of the server: of many pods that fail at once, not all come back at once. */
export const EVICTION_BACK_OFF: BackOff = { firstMs: 200, longestMs: 10_000, jitter: 0.5 };

/** The longest pause that a server or a proxy may ask for: a drain that sleeps for an hour looks like one that hangs. */
const LONGEST_RETRY_AFTER_MS = 60_000;

const UNTRIED: EvictionOutcome = { outcome: 'blocked', cause: causeOf('order', 'not tried yet') };
const UNANSWERED = causeOf('server', 'its eviction was asked for, and the API server had not answered');

/** Asks until the API server has accepted, refused for good, or the drain is over. */
export async function evict(pod: PodFacts, tools: DrainPorts): Promise<EvictionOutcome> {
  const over = new AbortController();
  const signal = AbortSignal.any([tools.signal, over.signal]);
  void departure(pod, tools.pods, signal).then(() => {
    over.abort();
  });
  try {
    return await new PodEviction(pod, tools, signal).untilAnswered();
  } finally {
    over.abort();
  }
}

/** The eviction of one pod, try after try. */
class PodEviction {
  readonly #pod: PodFacts;
  readonly #tools: DrainPorts;
  /** Ends waits: the drain is over, or the pod is gone. */
  readonly #signal: AbortSignal;
  #last: EvictionOutcome = UNTRIED;
  #told = '';
  #failures = 0;

  constructor(pod: PodFacts, tools: DrainPorts, signal: AbortSignal) {
    this.#pod = pod;
    this.#tools = tools;
    this.#signal = signal;
  }

  /** As it is by now: its labels and readiness decide which budget counts it. */
  get #now(): PodFacts {
    return this.#tools.pods.get(this.#pod.uid) ?? this.#pod;
  }

  async untilAnswered(): Promise<EvictionOutcome> {
    const { pods, signal } = this.#tools;
    let wasBlocked = false;
    while (!signal.aborted) {
      if (!pods.has(this.#pod.uid)) return { outcome: 'gone' };
      const outcome = await this.#try(wasBlocked);
      if (outcome === undefined) continue;
      this.#last = outcome;
      wasBlocked = outcome.outcome === 'blocked';
      if (outcome.outcome !== 'blocked' && outcome.outcome !== 'failed') return outcome;
      this.#tell(outcome.cause);
      await this.#pauseAfter(outcome);
    }
    return this.#last;
  }

  /**
   * One try, as a member of its database in its turn, and in that of its budget; undefined where it was cut off or somebody
   * was quicker, which says nothing about the pod.
   */
  async #try(wasBlocked: boolean): Promise<EvictionOutcome | undefined> {
    const { budgets, databases, disableEviction } = this.#tools;
    const held = await databases.turn(
      this.#now,
      (cause) => {
        this.#hold(cause);
      },
      this.#signal,
    );
    if (held !== undefined) return { outcome: 'refused', cause: held };
    if (disableEviction) return this.#inTurn();
    const holding = budgets.holding(this.#now);
    if (holding !== undefined) this.#hold(budgetCause(holding));
    const turn = await budgets.turn(this.#now, wasBlocked, this.#signal);
    const outcome = await this.#inTurn();
    const isAnswered = outcome?.outcome === 'accepted' || outcome?.outcome === 'blocked';
    turn.end(isAnswered ? outcome.outcome : 'other');
    return outcome?.outcome === 'blocked' ? this.#inOurWords(outcome) : outcome;
  }

  /** Nobody takes the turn of a database while he waits for a budget: so no two of them ever wait for each other. */
  async #inTurn(): Promise<EvictionOutcome | undefined> {
    const { databases, limiter } = this.#tools;
    if (this.#signal.aborted) return undefined;
    const turn = databases.take(this.#now);
    if (turn === undefined) return undefined;
    const outcome = await limiter.run(() => this.#send());
    turn.end(askedOutcome(outcome));
    return outcome;
  }

  /** What holds it is why it is left, should the drain end before anybody is asked. */
  #hold(cause: Cause): void {
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
    const { node, gracePeriodSeconds } = this.#tools;
    return node.unreachable && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds;
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
    const own = pauseAfter(this.#failures, EVICTION_BACK_OFF, this.#tools.random());
    await clock.sleep(Math.max(asked, own), this.#signal);
  }
}

/**
 * An operator that moves a pod itself has it go. A server that failed may have let it go all the same, and so may one that was
 * not heard to the end.
 */
function askedOutcome(outcome: EvictionOutcome | undefined): AskedOutcome {
  if (outcome === undefined) return 'unknown';
  if (outcome.outcome === 'accepted' || outcome.outcome === 'gone') return 'goes';
  if (outcome.outcome !== 'failed') return 'stays';
  if (outcome.cause.kind === 'moving') return 'goes';
  return outcome.cause.kind === 'server' && !outcome.tooBusy ? 'unknown' : 'stays';
}

/** The signal changes while others run, which the compiler does not see. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

async function departure(pod: PodFacts, pods: PodsOnNode, signal: AbortSignal): Promise<void> {
  while (pods.has(pod.uid) && !signal.aborted) await pods.changed(signal, pod.uid);
}
