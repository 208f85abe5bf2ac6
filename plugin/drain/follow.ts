import { type ClusterReader, type CollectionListener, readAll, isForbidden } from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import type { Session } from '../session/session.ts';

/** What is followed, and how it is read where it may only be read. */
export interface Followed<T> {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** How often a caller without the right to watch looks, in ms. */
  readonly pollMs: number;
  /** All of it as it is now; a list of `path` where it is left out. */
  readonly read?: () => Promise<readonly T[]>;
}

/**
 * Follows objects until the signal aborts: by a watch, or by looking again and again where the caller may list and not
 * watch, as kubectl drain does. Rejects where they cannot be read at first.
 */
export async function followOrPoll<T>(
  followed: Followed<T>,
  listener: CollectionListener<T>,
  { cluster, clock }: Pick<Session, 'cluster' | 'clock'>,
  signal: AbortSignal,
): Promise<void> {
  const { path, query, pollMs } = followed;
  const { read = () => listAll(followed, listener, cluster) } = followed;
  try {
    await cluster.follow(path, listener, { ...(query === undefined ? {} : { query }), signal });
  } catch (thrown) {
    if (!isForbidden(thrown)) throw thrown;
    await poll({ read, pollMs }, listener, clock, signal);
  }
}

function listAll<T>(
  { path, query }: Followed<T>,
  listener: CollectionListener<T>,
  reader: ClusterReader,
): Promise<readonly T[]> {
  return readAll(reader, { path, ...(query !== undefined && { query }) }, (object) => listener.project(object));
}

/** A first look that fails rejects; later ones are tried again. */
async function poll<T>(
  { read, pollMs }: Required<Pick<Followed<T>, 'read' | 'pollMs'>>,
  listener: CollectionListener<T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  listener.synced(await read());
  for (;;) {
    await clock.sleep(pollMs, signal);
    if (signal.aborted) return;
    await read().then(
      (all) => {
        listener.synced(all);
      },
      (thrown: unknown) => listener.interrupted?.(thrown),
    );
  }
}
