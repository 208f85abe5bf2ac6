import {
  isForbidden,
  messageOf,
  readAll,
  textAt,
  type ApiRequest,
  type ClusterReader,
  type ClusterWatcher,
  type CollectionListener,
} from '../../shared/index.ts';
import type { Clock } from './clock.ts';
import { Notifier, repeat } from './wait.ts';

/** Objects of the cluster as they come, change and go: facts by UID. */
export interface LiveCollection<T> {
  /**
   * Resolves with those that were there at first; with undefined where following ended before they were known. Throws
   * ClusterRefusal where they may not be read.
   */
  readonly first: Promise<readonly T[] | undefined>;
  /** Every object that is there now. */
  all(): readonly T[];
  has(uid: string): boolean;
  get(uid: string): T | undefined;
  /** Resolves at the next change, where a UID is given of that object alone, or when the signal aborts. */
  changed(signal: AbortSignal, uid?: string): Promise<void>;
}

/** What is followed. */
export interface Followed<T> {
  readonly path: string;
  readonly query?: ApiRequest['query'];
  /** What is kept of an object; undefined: it is left out. */
  readonly project: (object: unknown) => T | undefined;
  /** How often a caller who may list and not watch reads them, in ms; `never`: then they may not be read. */
  readonly pollMs?: number | 'never';
  /** The objects as they are now, for such a caller; a list of `path` where it is left out. */
  readonly read?: () => Promise<readonly unknown[]>;
  /** Hears of every change before anyone who waits: the objects by UID, and which of them are new, other or gone. */
  readonly hear?: (objects: ReadonlyMap<string, T>, uids: readonly string[]) => void;
  /** Hears that they cannot be read at the moment and are tried again, once for each new cause. */
  readonly interrupted?: (why: string) => void;
  readonly signal: AbortSignal;
}

/** What following needs. */
export interface FollowPorts {
  readonly cluster: Pick<ClusterReader, 'pages'> & ClusterWatcher;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** How often is read what may not be watched, in ms, unless the caller says otherwise: lists of a whole cluster are long. */
const POLL_MS = 5000;

/** An object on its way from the API server into the collection. */
interface Projected<T> {
  readonly uid: string;
  readonly facts: T | undefined;
}

/**
 * Follows a collection until the signal aborts: by a watch (an informer), or by reading it again and again where the caller
 * may list and not watch, as kubectl drain does.
 */
export function followCollection<T>(followed: Followed<T>, ports: FollowPorts): LiveCollection<T> {
  const { project } = followed;
  const objects = new Map<string, T>();
  const anyChange = new Notifier();
  const changesOf = new Map<string, Notifier>();
  const { promise: first, resolve, reject } = Promise.withResolvers<readonly T[] | undefined>();
  let lastCause = '';
  const put = ({ uid, facts }: Projected<T>): void => {
    if (facts === undefined) objects.delete(uid);
    else objects.set(uid, facts);
  };
  const tell = (uids: readonly string[]): void => {
    followed.hear?.(objects, uids);
    for (const uid of uids) {
      changesOf.get(uid)?.notify();
      if (!objects.has(uid)) changesOf.delete(uid);
    }
    anyChange.notify();
  };
  const change = (one: Projected<T>): void => {
    const wasThere = objects.has(one.uid);
    put(one);
    if (wasThere || objects.has(one.uid)) tell([one.uid]);
  };
  const listener: CollectionListener<Projected<T>> = {
    project: (object) => ({ uid: textAt(object, 'metadata', 'uid') ?? '', facts: project(object) }),
    synced(all) {
      const earlier = [...objects.keys()];
      objects.clear();
      all.forEach(put);
      resolve([...objects.values()]);
      tell([...earlier.filter((uid) => !objects.has(uid)), ...objects.keys()]);
    },
    changed: change,
    removed: ({ uid }) => {
      change({ uid, facts: undefined });
    },
    interrupted(cause) {
      const why = messageOf(cause);
      if (why !== lastCause) followed.interrupted?.(why);
      lastCause = why;
    },
  };
  const end = (): void => {
    resolve(undefined);
    anyChange.notify();
  };
  watchOrPoll(followed, listener, ports).then(end, (thrown: unknown) => {
    reject(thrown);
    end();
  });
  return {
    first,
    all: () => [...objects.values()],
    has: (uid) => objects.has(uid),
    get: (uid) => objects.get(uid),
    changed: (stop, uid) => (uid === undefined ? anyChange : notifierOf(uid, changesOf)).next(stop),
  };
}

function notifierOf(uid: string, notifiers: Map<string, Notifier>): Notifier {
  const notifier = notifiers.get(uid) ?? new Notifier();
  notifiers.set(uid, notifier);
  return notifier;
}

async function watchOrPoll<T>(
  followed: Followed<T>,
  listener: CollectionListener<Projected<T>>,
  ports: FollowPorts,
): Promise<void> {
  const { path, query, pollMs = POLL_MS, signal } = followed;
  try {
    await ports.cluster.follow(path, listener, { ...(query !== undefined && { query }), signal });
  } catch (thrown) {
    if (pollMs === 'never' || !isForbidden(thrown)) throw thrown;
    await poll(pollMs, readerFor(followed, listener, ports), listener, { clock: ports.clock, signal });
  }
}

type Read<T> = () => Promise<readonly Projected<T>[]>;

function readerFor<T>(
  { path, query, read }: Followed<T>,
  listener: CollectionListener<Projected<T>>,
  { cluster }: FollowPorts,
): Read<T> {
  const project = (object: unknown): Projected<T> => listener.project(object);
  if (read !== undefined) return async () => (await read()).map(project);
  return () => readAll(cluster, { path, ...(query !== undefined && { query }) }, project);
}

/** A first read that fails rejects; later ones are tried again. */
async function poll<T>(
  pollMs: number,
  read: Read<T>,
  listener: CollectionListener<Projected<T>>,
  ports: Pick<FollowPorts, 'clock'> & Pick<Followed<T>, 'signal'>,
): Promise<void> {
  listener.synced(await read());
  await repeat(
    pollMs,
    async () => {
      try {
        listener.synced(await read());
      } catch (thrown) {
        listener.interrupted?.(thrown);
      }
    },
    ports,
  );
}
