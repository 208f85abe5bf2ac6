import { MaintError } from '../errors.ts';
import type { ClusterReader, ReadOptions } from './ports.ts';

/** What of a collection is read. */
export interface Reading extends ReadOptions {
  readonly path: string;
  /** Most objects that are kept; more of them are an error, so that no list fills a process. */
  readonly most?: number;
}

/**
 * Every object of a collection, of which only what `keep` makes of it is held: no raw page outlives the next. What it makes
 * nothing of is left out. Throws ClusterRefusal, or MaintError('cluster') where there are more than `most`.
 */
export async function readAll<T>(
  reader: Pick<ClusterReader, 'pages'>,
  { path, most = Infinity, ...options }: Reading,
  keep: (object: unknown) => T | undefined,
): Promise<readonly T[]> {
  const kept: T[] = [];
  for await (const { items } of reader.pages(path, options)) {
    for (const item of items) {
      const one = keep(item);
      if (one !== undefined) kept.push(one);
    }
    if (kept.length > most) throw new MaintError('cluster', `more than ${most} objects are listed at ${path}`);
  }
  return kept;
}
