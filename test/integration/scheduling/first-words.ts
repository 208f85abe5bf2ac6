import type { ClusterWatcher, CollectionListener } from '../../../shared/cluster/ports.ts';
import { textAt } from '../../../shared/facts/json.ts';

interface Word<T> {
  readonly name: string;
  readonly value: T | undefined;
}

/** The first thing that a collection has to say about an object, by its name: awaited, it may be a while in coming. */
export type FirstWord<T> = (name: string) => Promise<T>;

/** Follows a collection until the signal; `read` gives undefined as long as an object says nothing. */
export function firstWords<T>(
  cluster: ClusterWatcher,
  path: string,
  { read, signal }: { read: (object: unknown) => T | undefined; signal: AbortSignal },
): FirstWord<T> {
  const words = new Map<string, PromiseWithResolvers<T>>();
  const wordOn = (name: string): PromiseWithResolvers<T> => {
    const word = words.get(name) ?? Promise.withResolvers<T>();
    words.set(name, word);
    return word;
  };
  const hear = ({ name, value }: Word<T>): void => {
    if (value !== undefined) wordOn(name).resolve(value);
  };
  const listener: CollectionListener<Word<T>> = {
    project: (object) => ({ name: textAt(object, 'metadata', 'name') ?? '', value: read(object) }),
    synced: (heard) => {
      heard.forEach(hear);
    },
    changed: hear,
    removed: () => undefined,
  };
  const broken = cluster.follow(path, listener, { signal }).then(() => Promise.reject(new Error(`${path}: stopped`)));
  // Whoever waits for a word hears of it; nobody may be waiting.
  broken.catch(() => undefined);
  return (name) => Promise.race([wordOn(name).promise, broken]);
}
