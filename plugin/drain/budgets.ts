import {
  budgetCovers,
  budgetFromObject,
  BUDGETS,
  isBeyondBudgets,
  type BudgetFacts,
  type PodFacts,
} from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import { followCollection, type FollowPorts } from '../session/live-collection.ts';
import { firstOf, Notifier } from '../session/wait.ts';

/**
 * How long pods wait at most for news of their budget before one of them asks all the same, in ms: kubectl's own 5 s,
 * for a budget whose changes nobody tells of.
 */
export const ASK_ANYWAY_MS = 5000;

/** Leave to ask for one eviction; what came of it has to be told. */
export interface Turn {
  end(outcome: 'accepted' | 'blocked' | 'other'): void;
}

/** The disruption budgets of the cluster, shared by all nodes that are drained at once. */
export interface Budgets {
  /** Resolves when the budgets are known, or when it is clear that they will not be; never rejects. */
  readonly first: Promise<void>;
  /** Whether the caller may read them. */
  readonly readable: boolean;
  /** The budgets that select a pod. */
  covering(pod: PodFacts): readonly BudgetFacts[];
  /** A budget as it is by now. */
  current(budget: BudgetFacts): BudgetFacts;
  /** The only budget of a pod, while it lets nobody else go; undefined where asking may succeed. */
  holding(pod: PodFacts): BudgetFacts | undefined;
  /**
   * Waits until it makes sense to ask for a pod's eviction: at once at first where no single budget holds it, otherwise
   * when that budget has room for one more, in the order of asking, whichever node they are on. Ends early with the signal.
   */
  turn(pod: PodFacts, hasAsked: boolean, signal: AbortSignal): Promise<Turn>;
}

/** Follows every disruption budget until the signal aborts. */
export function followBudgets(
  cluster: FollowPorts['cluster'],
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Budgets {
  const queues = new BudgetQueues(clock);
  let readable = true;
  const { first } = followCollection(
    {
      path: BUDGETS,
      project: budgetFromObject,
      // Without the right to watch them every pod is asked for, and asked for again after a while: slower, and as safe.
      pollMs: 'never',
      hear: (budgets, uids) => {
        for (const uid of uids) {
          const budget = budgets.get(uid);
          if (budget === undefined) queues.remove(uid);
          else queues.put(budget);
        }
      },
      signal,
    },
    { cluster, clock },
  );
  return {
    first: first.then(
      () => undefined,
      () => {
        readable = false;
      },
    ),
    get readable() {
      return readable;
    },
    covering: (pod) => queues.covering(pod).map(({ facts }) => facts),
    current: (budget) => queues.current(budget),
    holding: (pod) => queues.holding(pod)?.facts,
    turn: (pod, hasAsked, stop) => queues.turn(pod, hasAsked, stop),
  };
}

const FREE: Turn = { end: () => undefined };

/** One budget with those who wait for it. */
class Allowance {
  facts: BudgetFacts;
  /** Evictions that the budget still has room for, as far as is known. */
  room: number;
  /** Asked for and not answered yet. */
  inFlight = 0;
  readonly waiting: (() => void)[] = [];

  constructor(facts: BudgetFacts) {
    this.facts = facts;
    this.room = facts.allowed;
  }

  update(facts: BudgetFacts): void {
    this.facts = facts;
    this.room = facts.allowed - this.inFlight;
    this.letGo();
  }

  letGo(): void {
    while (this.room > 0) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.room -= 1;
      next();
    }
  }
}

/** Every budget with those who wait for it. */
class BudgetQueues {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #byUid = new Map<string, Allowance>();
  readonly #byNamespace = new Map<string, Set<Allowance>>();
  readonly #changes = new Map<string, Notifier>();

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  put(budget: BudgetFacts): void {
    const { uid, namespace } = budget;
    const known = this.#byUid.get(uid);
    const allowance = known ?? new Allowance(budget);
    this.#byUid.set(uid, allowance);
    const others = this.#byNamespace.get(namespace) ?? new Set();
    this.#byNamespace.set(namespace, others.add(allowance));
    known?.update(budget);
    this.#changes.get(namespace)?.notify();
  }

  /** Without the budget nothing forbids the evictions any more. */
  remove(uid: string): void {
    const known = this.#byUid.get(uid);
    if (known === undefined) return;
    const { namespace } = known.facts;
    this.#byUid.delete(uid);
    this.#byNamespace.get(namespace)?.delete(known);
    known.waiting.splice(0).forEach((goOn) => {
      goOn();
    });
    this.#changes.get(namespace)?.notify();
  }

  current(budget: BudgetFacts): BudgetFacts {
    return this.#byUid.get(budget.uid)?.facts ?? budget;
  }

  covering(pod: PodFacts): readonly Allowance[] {
    return [...(this.#byNamespace.get(pod.namespace) ?? [])].filter(({ facts }) => budgetCovers(facts, pod));
  }

  holding(pod: PodFacts): Allowance | undefined {
    const [only, ...more] = isCountedOtherwise(pod) ? [] : this.covering(pod);
    return only !== undefined && more.length === 0 && only.room <= 0 ? only : undefined;
  }

  async turn(pod: PodFacts, hasAsked: boolean, signal: AbortSignal): Promise<Turn> {
    const [only, ...more] = this.covering(pod);
    if (only === undefined || more.length > 0) {
      if (hasAsked) await this.#changeOrTime(pod.namespace, signal);
      return FREE;
    }
    if (!hasAsked && isCountedOtherwise(pod)) return FREE;
    const hasRoom = only.room > 0;
    if (hasRoom) only.room -= 1;
    const took = hasRoom || (await this.#inQueue(only, signal));
    only.inFlight += 1;
    return {
      end: (outcome) => {
        only.inFlight -= 1;
        if (outcome === 'blocked') only.room = 0;
        // What was not used up is the next one's. The API server counts an accepted one itself, and tells of it.
        else if (outcome === 'other' && took) only.room += 1;
        only.letGo();
      },
    };
  }

  /** Resolves with whether there is room; with false for the first in the queue after a while without news, too. */
  async #inQueue(allowance: Allowance, signal: AbortSignal): Promise<boolean> {
    const { promise: letIn, resolve } = Promise.withResolvers<boolean>();
    const place = (): void => {
      resolve(true);
    };
    allowance.waiting.push(place);
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    const askAnyway = async (): Promise<boolean> => {
      do await this.#clock.sleep(ASK_ANYWAY_MS, stop);
      while (!stop.aborted && allowance.waiting[0] !== place);
      return false;
    };
    const took = await Promise.race([letIn, askAnyway()]);
    over.abort();
    const index = allowance.waiting.indexOf(place);
    if (index >= 0) allowance.waiting.splice(index, 1);
    return took;
  }

  #changeOrTime(namespace: string, signal: AbortSignal): Promise<void> {
    const changes = this.#changes.get(namespace) ?? new Notifier();
    this.#changes.set(namespace, changes);
    return firstOf([(stop) => this.#clock.sleep(ASK_ANYWAY_MS, stop), (stop) => changes.next(stop)], signal);
  }
}

/** Budgets do not count these, or count them in ways of their own (k8s registry/core/pod/storage/eviction.go). */
function isCountedOtherwise(pod: PodFacts): boolean {
  return !pod.ready || isBeyondBudgets(pod);
}
