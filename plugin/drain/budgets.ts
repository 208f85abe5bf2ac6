import {
  budgetCovers,
  budgetFromObject,
  BUDGETS,
  isBeyondBudgets,
  type BudgetFacts,
  type ClusterWatcher,
  type CollectionListener,
  type PodFacts,
} from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import { firstOf, Waiters } from './waiters.ts';

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
export function followBudgets(watcher: ClusterWatcher, clock: Clock, signal: AbortSignal): Budgets {
  const book = new BudgetBook(clock);
  const { promise: first, resolve } = Promise.withResolvers<undefined>();
  const listener: CollectionListener<BudgetFacts> = {
    project: budgetFromObject,
    synced(budgets) {
      book.replace(budgets);
      resolve(undefined);
    },
    changed: (budget) => {
      book.put(budget);
    },
    removed: (budget) => {
      book.remove(budget);
    },
  };
  // Without the right to read them every pod is asked for, and asked for again after a while: slower, and as safe.
  const end = (): void => {
    resolve(undefined);
  };
  watcher.follow(BUDGETS, listener, { signal }).then(end, () => {
    book.readable = false;
    end();
  });
  return {
    first,
    get readable() {
      return book.readable;
    },
    covering: (pod) => book.covering(pod).map(({ facts }) => facts),
    current: (budget) => book.current(budget),
    holding: (pod) => book.holding(pod)?.facts,
    turn: (pod, hasAsked, until) => book.turn(pod, hasAsked, until),
  };
}

const FREE: Turn = { end: () => undefined };

/** One budget with those who wait for it. */
class Allowance {
  facts: BudgetFacts;
  /** Evictions that the budget still has room for, as far as is known. */
  room: number;
  /** Asked for and not answered yet. */
  asking = 0;
  readonly waiting: (() => void)[] = [];

  constructor(facts: BudgetFacts) {
    this.facts = facts;
    this.room = facts.allowed;
  }

  update(facts: BudgetFacts): void {
    this.facts = facts;
    this.room = facts.allowed - this.asking;
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

class BudgetBook {
  readable = true;
  readonly #clock: Clock;
  readonly #byNamespace = new Map<string, Map<string, Allowance>>();
  readonly #changes = new Map<string, Waiters>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  replace(budgets: readonly BudgetFacts[]): void {
    const uids = new Set(budgets.map(({ uid }) => uid));
    const gone = [...this.#byNamespace.values()]
      .flatMap((all) => [...all.values()])
      .filter(({ facts }) => !uids.has(facts.uid));
    for (const { facts } of gone) this.remove(facts);
    budgets.forEach((budget) => {
      this.put(budget);
    });
  }

  put(budget: BudgetFacts): void {
    const all = this.#byNamespace.get(budget.namespace) ?? new Map<string, Allowance>();
    this.#byNamespace.set(budget.namespace, all);
    const known = all.get(budget.uid);
    if (known === undefined) all.set(budget.uid, new Allowance(budget));
    else known.update(budget);
    this.#changes.get(budget.namespace)?.wake();
  }

  /** Without the budget nothing forbids the evictions any more. */
  remove({ namespace, uid }: BudgetFacts): void {
    const all = this.#byNamespace.get(namespace);
    const known = all?.get(uid);
    all?.delete(uid);
    known?.waiting.splice(0).forEach((goOn) => {
      goOn();
    });
    this.#changes.get(namespace)?.wake();
  }

  current(budget: BudgetFacts): BudgetFacts {
    return this.#byNamespace.get(budget.namespace)?.get(budget.uid)?.facts ?? budget;
  }

  covering(pod: PodFacts): readonly Allowance[] {
    const all = this.#byNamespace.get(pod.namespace)?.values() ?? [];
    return [...all].filter(({ facts }) => budgetCovers(facts, pod));
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
    only.asking += 1;
    return {
      end: (outcome) => {
        only.asking -= 1;
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
    const until = AbortSignal.any([signal, over.signal]);
    const askAnyway = async (): Promise<boolean> => {
      do await this.#clock.sleep(ASK_ANYWAY_MS, until);
      while (!until.aborted && allowance.waiting[0] !== place);
      return false;
    };
    const took = await Promise.race([letIn, askAnyway()]);
    over.abort();
    const index = allowance.waiting.indexOf(place);
    if (index >= 0) allowance.waiting.splice(index, 1);
    return took;
  }

  #changeOrTime(namespace: string, signal: AbortSignal): Promise<void> {
    const changes = this.#changesIn(namespace);
    return firstOf([(until) => this.#clock.sleep(ASK_ANYWAY_MS, until), (until) => changes.next(until)], signal);
  }

  #changesIn(namespace: string): Waiters {
    const waiters = this.#changes.get(namespace) ?? new Waiters();
    this.#changes.set(namespace, waiters);
    return waiters;
  }
}

/** Budgets do not count these, or count them in ways of their own (k8s registry/core/pod/storage/eviction.go). */
function isCountedOtherwise(pod: PodFacts): boolean {
  return !pod.ready || isBeyondBudgets(pod);
}
