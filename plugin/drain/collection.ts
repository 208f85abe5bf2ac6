import type { Session } from '../session/session.ts';
import { followOrPoll } from './follow.ts';
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

/** How often a caller without the right to watch looks, in ms: these lists are long, and nothing waits for them in haste. */
const POLL_MS = 5000;

/** Follows a collection until the signal aborts. */
export function followCollection<T extends { readonly uid: string }>(
  { path, project, wakes, signal }: Followed<T>,
  session: Pick<Session, 'cluster' | 'clock'>,
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
  followOrPoll({ path, pollMs: POLL_MS }, listener, session, signal).then(() => {
    resolve(undefined);
  }, reject);
  return { first, all: () => [...known.values()], get: (uid) => known.get(uid) };
}
