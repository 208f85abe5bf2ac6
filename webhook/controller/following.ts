import type { ApiRequest, ClusterWatcher, CollectionListener } from '../../shared/index.ts';

/** How something is followed, through refusals as well: its definition may be installed, or a right be given. */
export interface Following {
  readonly signal: AbortSignal;
  readonly query?: ApiRequest['query'];
  /** How long until it is read again that could not be read, in ms. */
  readonly readAgainMs: number;
  /** Hears why it could not be read, each time. */
  readonly refused: (thrown: unknown) => void;
}

/** Follows a collection until the signal aborts. Never rejects. */
export async function followOn<T>(
  watcher: ClusterWatcher,
  path: string,
  listener: CollectionListener<T>,
  { signal, query, readAgainMs, refused }: Following,
): Promise<void> {
  while (!isEnded(signal)) {
    try {
      await watcher.follow(path, listener, { ...(query && { query }), signal });
    } catch (thrown) {
      refused(thrown);
    }
    await pause(readAgainMs, signal);
  }
}

/** Who hears of one object. */
export interface ObjectListener {
  /** As the API server has it now; undefined where there is none. */
  readonly seen: (object: unknown) => void;
  /** It was read, and not only heard of; after `seen`. */
  readonly synced?: () => void;
}

/** As `followOn`, one object of a collection by its name. */
export function followObject(
  watcher: ClusterWatcher,
  { collection, name }: { readonly collection: string; readonly name: string },
  { seen, synced }: ObjectListener,
  following: Omit<Following, 'query'>,
): Promise<void> {
  const listener: CollectionListener<unknown> = {
    project: (object) => object,
    synced: ([object]) => {
      seen(object);
      synced?.();
    },
    changed: seen,
    removed: () => {
      seen(undefined);
    },
  };
  return followOn(watcher, collection, listener, { ...following, query: { fieldSelector: `metadata.name=${name}` } });
}

/** Resolves after a time in ms, or when the signal aborts. Keeps no process alive. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms).unref();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

/** The signal changes while others run, which the compiler does not see. */
export function isEnded(signal: AbortSignal): boolean {
  return signal.aborted;
}
