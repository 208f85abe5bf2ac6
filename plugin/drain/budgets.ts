import { BUDGETS, numberAt, textAt, type ClusterWatcher, type CollectionListener } from '../../shared/index.ts';
import { Waiters } from './waiters.ts';

/** Tells when a disruption budget lets something go again. */
export interface Budgets {
  /** Resolves when a budget of the namespace allows a disruption, or when the signal aborts. */
  allows(namespace: string, signal: AbortSignal): Promise<void>;
}

/** What is kept of a budget. */
interface Allowance {
  readonly namespace: string;
  readonly allowed: number;
}

function allowanceFromObject(object: unknown): Allowance {
  return {
    namespace: textAt(object, 'metadata', 'namespace') ?? '',
    allowed: numberAt(object, 'status', 'disruptionsAllowed') ?? 0,
  };
}

/** Follows every disruption budget until the signal aborts. Without the right to do so, `allows` never resolves by itself. */
export function followBudgets(watcher: ClusterWatcher, signal: AbortSignal): Budgets {
  const waiting = new Map<string, Waiters>();
  const waitersOf = (namespace: string): Waiters => {
    const waiters = waiting.get(namespace) ?? new Waiters();
    waiting.set(namespace, waiters);
    return waiters;
  };
  const wake = (namespace: string): void => {
    waiting.get(namespace)?.wake();
  };
  const announce = ({ namespace, allowed }: Allowance): void => {
    if (allowed > 0) wake(namespace);
  };
  const listener: CollectionListener<Allowance> = {
    project: allowanceFromObject,
    synced(budgets) {
      budgets.forEach(announce);
    },
    changed: announce,
    // Without the budget nothing forbids the eviction any more.
    removed({ namespace }) {
      wake(namespace);
    },
  };
  // Blocked pods are retried after a while in any case, so a missing right only makes the drain slower.
  watcher.follow(BUDGETS, listener, { signal }).catch(() => undefined);
  return { allows: (namespace, until) => waitersOf(namespace).next(until) };
}
