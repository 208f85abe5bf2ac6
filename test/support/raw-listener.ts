import type { CollectionListener } from '../../shared/index.ts';

/** A listener that takes objects as the API server sends them, and keeps of each what the given one keeps. */
export function rawListener<T>(listener: CollectionListener<T>): CollectionListener<unknown> {
  return {
    project: (object) => object,
    synced: (objects) => {
      listener.synced(objects.map((object) => listener.project(object)));
    },
    changed: (object) => {
      listener.changed(listener.project(object));
    },
    removed: (object) => {
      listener.removed(listener.project(object));
    },
    alive: () => listener.alive?.(),
    interrupted: (cause) => listener.interrupted?.(cause),
  };
}

/** Resolves when the signal aborts: what follows a collection goes on until then. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
