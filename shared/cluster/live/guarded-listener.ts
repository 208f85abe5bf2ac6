import type { CollectionListener } from '../ports.ts';

/** A listener whose errors do not reach the loop; they are told to `interrupted`. */
export function guarded<T>(listener: CollectionListener<T>): CollectionListener<T> {
  const guard = (call: () => void): void => {
    try {
      call();
    } catch (thrown) {
      try {
        listener.interrupted?.(thrown);
      } catch {
        return;
      }
    }
  };
  return {
    project: (object) => listener.project(object),
    synced: (objects) => {
      guard(() => {
        listener.synced(objects);
      });
    },
    changed: (object) => {
      guard(() => {
        listener.changed(object);
      });
    },
    removed: (object) => {
      guard(() => {
        listener.removed(object);
      });
    },
    alive: () => {
      guard(() => listener.alive?.());
    },
    interrupted: (cause) => {
      guard(() => listener.interrupted?.(cause));
    },
  };
}
