import { BUDGETS, numberAt, textAt, type ClusterWatcher } from '../../shared/index.ts';

/** Tells when a disruption budget lets something go again. */
export interface Budgets {
  /** Resolves when a budget of the namespace allows a disruption, or when the signal aborts. */
  allows(namespace: string, signal: AbortSignal): Promise<void>;
}

/** Follows every disruption budget until the signal aborts. Without the right to do so, `allows` never resolves by itself. */
export function followBudgets(watcher: ClusterWatcher, signal: AbortSignal): Budgets {
  const waiting = new Map<string, Set<() => void>>();
  const announce = (object: unknown): void => {
    if ((numberAt(object, 'status', 'disruptionsAllowed') ?? 0) < 1) return;
    const namespace = textAt(object, 'metadata', 'namespace') ?? '';
    for (const resolve of waiting.get(namespace) ?? []) resolve();
  };
  const listener = {
    synced(objects: readonly unknown[]) {
      objects.forEach(announce);
    },
    changed: announce,
    // Without the budget nothing forbids the eviction any more.
    removed(object: unknown) {
      for (const resolve of waiting.get(textAt(object, 'metadata', 'namespace') ?? '') ?? []) resolve();
    },
  };
  // Blocked pods are retried after a while in any case, so a missing right only makes the drain slower.
  watcher.follow(BUDGETS, listener, { signal }).catch(() => undefined);
  return { allows: (namespace, until) => register(waiting, namespace, until) };
}

function register(waiting: Map<string, Set<() => void>>, namespace: string, signal: AbortSignal): Promise<void> {
  const here = waiting.get(namespace) ?? new Set();
  waiting.set(namespace, here);
  return new Promise((resolve) => {
    const done = (): void => {
      here.delete(done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    if (signal.aborted) {
      resolve();
      return;
    }
    here.add(done);
    signal.addEventListener('abort', done, { once: true });
  });
}
