import {
  ClusterRefusal,
  collectionPath,
  insideWorkFrom,
  type Catalogue,
  type InsidePattern,
  type PodFacts,
  isNotFound,
} from '../../shared/index.ts';
import { followCollection } from '../session/live-collection.ts';
import type { ServedVersions } from '../session/served.ts';
import type { Session } from '../session/session.ts';
import { firstOf, untilAborted, type Wait } from '../session/wait.ts';
import { podName } from './plan.ts';

/** Backups and restores that run inside pods of something else, a database's for example. */
export interface WorkInside {
  /** What runs in a pod now, `CloudNativePG backup shop/nightly`; undefined where nothing does. */
  in(pod: PodFacts): string | undefined;
  /** Resolves at the next change, or when the signal aborts. */
  changed(signal: AbortSignal): Promise<void>;
  /** A sentence for each kind that the caller may not read. */
  readonly unknown: readonly string[];
}

/** Where nobody asks what runs inside pods. */
export const NOTHING_INSIDE: WorkInside = {
  in: () => undefined,
  changed: untilAborted,
  unknown: [],
};

/**
 * Follows the kinds of a catalogue that this cluster serves, until the session's signal aborts. Where nobody could tell what
 * it serves, the answer to the list does.
 */
export async function followWorkInside(
  { patterns }: Catalogue,
  session: Pick<Session, 'cluster' | 'clock' | 'signal'>,
  served: ServedVersions,
): Promise<WorkInside> {
  const inside = patterns.flatMap(({ pattern: { what, inside: one } }) =>
    one === undefined ? [] : [{ what, inside: one }],
  );
  const isServed = ({ resource }: InsidePattern['inside']): boolean =>
    served?.has(resource.slice(0, resource.lastIndexOf('/'))) ?? true;
  const followed = inside
    .filter((pattern) => isServed(pattern.inside))
    .map((pattern) => {
      const path = collectionPath(pattern.inside.resource, '');
      const project = (object: unknown) => insideWorkFrom(object, pattern);
      const collection = followCollection({ path, project, signal: session.signal }, session);
      return { collection, lacking: collection.first.then(() => [], lackOf(pattern)) };
    });
  const changes = followed.map(
    ({ collection }): Wait =>
      (stop) =>
        collection.changed(stop),
  );
  const unknown = (await Promise.all(followed.map(({ lacking }) => lacking))).flat();
  return {
    in: (pod) =>
      followed.flatMap(({ collection }) => collection.all()).find(({ pods }) => pods.includes(podName(pod)))?.title,
    changed: (signal) => firstOf(changes, signal),
    unknown,
  };
}

/** A version without that kind has none of it. */
function lackOf({ what, inside }: InsidePattern): (thrown: unknown) => readonly string[] {
  return (thrown) => {
    if (!(thrown instanceof ClusterRefusal)) throw thrown;
    if (isNotFound(thrown)) return [];
    const [group = '', , plural = ''] = inside.resource.split('/');
    return [`a ${what} that runs inside a pod is not seen, and not waited for: you may not list ${plural}.${group}`];
  };
}
