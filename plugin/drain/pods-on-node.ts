import {
  podFromObject,
  PODS,
  type ClusterWatcher,
  type CollectionListener,
  type PodFacts,
} from '../../shared/index.ts';
import { podsOn } from './read.ts';

/** The pods on one node as they come and go. */
export interface PodsOnNode {
  /** Resolves with the pods that were there at the start; rejects where they may not be read. */
  readonly first: Promise<readonly PodFacts[]>;
  /** Whether the pod with this UID is (still) on the node. */
  has(uid: string): boolean;
  /** Every pod that is on the node now. */
  all(): readonly PodFacts[];
  /** The pod as last seen. */
  pod(uid: string): PodFacts | undefined;
  /** Resolves at the next change, or when the signal aborts. */
  changed(signal: AbortSignal): Promise<void>;
}

/** Follows the pods on a node until the signal aborts. Terminations are noticed when they happen, not by asking. */
export function followPods(
  node: string,
  selector: string | undefined,
  watcher: ClusterWatcher,
  signal: AbortSignal,
): PodsOnNode {
  const pods = new Map<string, PodFacts>();
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  const { promise: first, resolve, reject } = Promise.withResolvers<readonly PodFacts[]>();
  const put = (pod: PodFacts | undefined): void => {
    if (pod !== undefined) pods.set(pod.uid, pod);
  };
  const listener: CollectionListener<PodFacts | undefined> = {
    project: podFromObject,
    synced(found) {
      pods.clear();
      found.forEach(put);
      resolve([...pods.values()]);
      wake();
    },
    changed(pod) {
      put(pod);
      wake();
    },
    removed(pod) {
      pods.delete(pod?.uid ?? '');
      wake();
    },
  };
  watcher.follow(PODS, listener, { query: podsOn(node, selector), signal }).then(() => {
    reject(new Error(`stopped before the pods on node ${node} were read`));
    wake();
  }, reject);
  first.catch(wake);
  return {
    first,
    has: (uid) => pods.has(uid),
    all: () => [...pods.values()],
    pod: (uid) => pods.get(uid),
    changed: (until) => next(waiting, until),
  };
}

function next(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      waiting.delete(done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    waiting.add(done);
    signal.addEventListener('abort', done, { once: true });
  });
}
