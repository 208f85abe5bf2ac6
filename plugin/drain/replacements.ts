import { collectionPath, numberAt, type PodFacts } from '../../shared/index.ts';
import { followCollection } from '../session/live-collection.ts';
import { firstOf, type Wait } from '../session/wait.ts';
import type { Waiting } from './volumes.ts';
import { workloadsOf, type Workload } from './workloads.ts';

/** A workload's wish and how far it is. */
interface Replicas {
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
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  const paths = new Set(workloads.map(({ resource, namespace }) => collectionPath(resource, namespace)));
  try {
    const collections = [...paths].map((path) =>
      followCollection({ path, project: replicasFromObject, signal: stop }, session),
    );
    await Promise.all(collections.map(({ first }) => first));
    const changes = collections.map(
      (one): Wait =>
        (stop) =>
          one.changed(stop),
    );
    for (;;) {
      const late = workloads.filter(({ uid }) => collections.some((collection) => isLate(collection.get(uid))));
      if (late.length === 0 || signal.aborted) return;
      tell([{ kind: 'running', text: 'replacements are not Ready', names: late.map(titleOf).sort() }]);
      await firstOf(changes, stop);
    }
  } finally {
    over.abort();
  }
}

function replicasFromObject(object: unknown): Replicas {
  return {
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
