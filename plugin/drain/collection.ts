import type { ClusterWatcher } from '../../shared/index.ts';
import type { Waiters } from './waiters.ts';

/** Objects of the cluster as they come, change and go. */
export interface Collection<T> {
  /** Resolves when they are known for the first time, or when following ended before that. Throws ClusterRefusal. */
  readonly first: Promise<undefined>;
  all(): readonly T[];
  get(uid: string): T | undefined;
}

/** What of a collection is followed: `wakes` hears of every change until the signal aborts. */
export interface Followed<T> {
  readonly path: string;
  readonly project: (object: unknown) => T;
  readonly wakes: Waiters;
  readonly signal: AbortSignal;
}

/** Follows a collection until the signal aborts. */
export function followCollection<T extends { readonly uid: string }>(
  { path, project, wakes, signal }: Followed<T>,
  watcher: ClusterWatcher,
): Collection<T> {
  const known = new Map<string, T>();
  const { promise: first, resolve, reject } = Promise.withResolvers<undefined>();
  const listener = {
    project,
    synced(all: readonly T[]) {
      known.clear();
      for (const one of all) known.set(one.uid, one);
      resolve(undefined);
      wakes.wake();
    },
    changed(one: T) {
      known.set(one.uid, one);
      wakes.wake();
    },
    removed({ uid }: T) {
      known.delete(uid);
      wakes.wake();
    },
  };
  watcher.follow(path, listener, { signal }).then(() => {
    resolve(undefined);
  }, reject);
  return { first, all: () => [...known.values()], get: (uid) => known.get(uid) };
}
