import { collectionPath, numberAt, textAt, type CollectionListener, type PodFacts } from '../../shared/index.ts';
import type { Waiting } from './volumes.ts';
import { Waiters } from './waiters.ts';
import { workloadsOf, type Workload } from './workloads.ts';

/** A workload's wish and how far it is. */
interface Replicas {
  readonly uid: string;
  readonly wanted: number;
  readonly ready: number;
  /** Its status is about an older specification. */
  readonly outdated: boolean;
}

/**
 * Waits until the workloads of some pods have as many ready pods as they want: the replacements are Ready. `tell` hears
 * which are not, at first and after every change of a workload. Workloads that are deleted meanwhile need none. Ends early with the signal.
 */
export async function waitForReplacements(
  pods: readonly PodFacts[],
  { session, signal, tell }: Waiting,
): Promise<void> {
  const workloads = workloadsOf(pods);
  const seen = new Map<string, Replicas>();
  const waiters = new Waiters();
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const collections = Map.groupBy(workloads, ({ resource, namespace }) => collectionPath(resource, namespace));
  try {
    await Promise.all([...collections].map(([path, some]) => followSome(path, some)));
    for (;;) {
      const late = workloads.filter(({ uid }) => isLate(seen.get(uid)));
      if (late.length === 0 || signal.aborted) return;
      tell([{ kind: 'running', text: 'replacements are not Ready', names: late.map(titleOf).sort() }]);
      await waiters.next(until);
    }
  } finally {
    over.abort();
  }

  /** Resolves when the workloads of one collection are known, and goes on to follow them. */
  function followSome(path: string, some: readonly Workload[]): Promise<undefined> {
    const uids = new Set(some.map(({ uid }) => uid));
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const put = (one: Replicas): void => {
      if (uids.has(one.uid)) seen.set(one.uid, one);
    };
    const listener: CollectionListener<Replicas> = {
      project: replicasFromObject,
      synced(all) {
        for (const uid of uids) seen.delete(uid);
        all.forEach(put);
        resolve(undefined);
        waiters.wake();
      },
      changed(one) {
        put(one);
        waiters.wake();
      },
      removed({ uid }) {
        seen.delete(uid);
        waiters.wake();
      },
    };
    session.cluster.follow(path, listener, { signal: until }).then(() => {
      resolve(undefined);
    }, reject);
    return promise;
  }
}

function replicasFromObject(object: unknown): Replicas {
  return {
    uid: textAt(object, 'metadata', 'uid') ?? '',
    wanted: numberAt(object, 'spec', 'replicas') ?? 1,
    ready: numberAt(object, 'status', 'readyReplicas') ?? 0,
    outdated:
      (numberAt(object, 'status', 'observedGeneration') ?? 0) < (numberAt(object, 'metadata', 'generation') ?? 0),
  };
}

function isLate(replicas: Replicas | undefined): boolean {
  return replicas !== undefined && (replicas.outdated || replicas.ready < replicas.wanted);
}

function titleOf({ kind, namespace, name }: Workload): string {
  return `${kind} ${namespace}/${name}`;
}
