import type { ApiRequest, ClusterReader, ListPage } from '../../shared/index.ts';

/** Reads of the API server at once, for all requests together: a burst of reviews must not become one of reads. */
const MAX_READS = 16;
/** For one read, in ms: our timeoutSeconds. Whoever waits for it has a deadline of its own. */
const READ_MS = 3000;

interface ReadOptions {
  readonly query?: ApiRequest['query'];
}

/**
 * A reader for live lookups. What several requests want to know at the same moment is read once, and only so many reads
 * are under way; the rest wait in their order, until their own deadlines end them. Nothing is kept: each answer is newer
 * than every question that it answers.
 */
export function sharedReads(reader: ClusterReader, maxReads = MAX_READS): ClusterReader {
  const waiting: (() => void)[] = [];
  let running = 0;

  const inTurn = async <T>(read: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    if (running >= maxReads) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await read(AbortSignal.timeout(READ_MS));
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };

  /** One that has not begun yet may be joined; one that is under way may have missed what its asker has just seen. */
  const joined = <T>(key: string, read: (signal: AbortSignal) => Promise<T>, known: Map<string, Promise<T>>) => {
    const waitingRead = known.get(key);
    if (waitingRead !== undefined) return waitingRead;
    const begun = Promise.resolve().then(() =>
      inTurn((signal) => {
        known.delete(key);
        return read(signal);
      }),
    );
    known.set(key, begun);
    return begun;
  };
  const gets = new Map<string, Promise<unknown>>();
  const lists = new Map<string, Promise<readonly ListPage[]>>();
  return {
    get: (path, { query }: ReadOptions = {}) =>
      joined(keyOf(path, query), (signal) => reader.get(path, { ...(query && { query }), signal }), gets),
    async *pages(path, { query }: ReadOptions = {}) {
      const read = async (signal: AbortSignal): Promise<readonly ListPage[]> => {
        const all: ListPage[] = [];
        for await (const page of reader.pages(path, { ...(query && { query }), signal })) all.push(page);
        return all;
      };
      yield* await joined(keyOf(path, query), read, lists);
    },
  };
}

function keyOf(path: string, query: ApiRequest['query']): string {
  return `${path}?${JSON.stringify(query ?? {})}`;
}
