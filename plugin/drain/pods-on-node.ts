import {
  MaintError,
  messageOf,
  podFromObject,
  PODS,
  type CollectionListener,
  type PodFacts,
} from '../../shared/index.ts';
import type { Session } from '../session/session.ts';
import { followOrPoll } from './follow.ts';
import { podsOn, readPods } from './read.ts';
import { Waiters } from './waiters.ts';

/** How often a caller without the right to watch looks; kubectl drain asks once a second as well. */
const POLL_MS = 1000;

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
  /** Resolves when the pod with this UID changes or is no longer on the node, or when the signal aborts. */
  moved(uid: string, signal: AbortSignal): Promise<void>;
}

/** How pods are followed: until when, and who hears that a watch broke and goes on. */
export interface Following {
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** Follows the pods on a node until the signal aborts. Terminations are noticed when they happen, not by asking. */
export function followPods(
  node: string,
  selector: string | undefined,
  session: Pick<Session, 'cluster' | 'clock'>,
  { signal, note }: Following,
): PodsOnNode {
  const pods = new Map<string, PodFacts>();
  const waiters = new Waiters();
  const waitersOfPods = new Map<string, Waiters>();
  const wake = (...uids: readonly string[]): void => {
    for (const uid of uids) waitersOfPods.get(uid)?.wake();
    waiters.wake();
  };
  const { promise: first, resolve, reject } = Promise.withResolvers<readonly PodFacts[]>();
  let told = '';
  const put = (pod: PodFacts | undefined): void => {
    if (pod !== undefined) pods.set(pod.uid, pod);
  };
  const listener: CollectionListener<PodFacts | undefined> = {
    project: podFromObject,
    synced(found) {
      pods.clear();
      found.forEach(put);
      resolve([...pods.values()]);
      wake(...waitersOfPods.keys());
    },
    changed(pod) {
      put(pod);
      wake(pod?.uid ?? '');
    },
    removed(pod) {
      pods.delete(pod?.uid ?? '');
      wake(pod?.uid ?? '');
    },
    interrupted(cause) {
      const why = messageOf(cause);
      if (why !== told) note(`watching the pods on node ${node} again: ${why}`);
      told = why;
    },
  };
  const followed = {
    path: PODS,
    query: podsOn(node, selector),
    pollMs: POLL_MS,
    read: () => readPods(node, selector, session.cluster),
  };
  followOrPoll(followed, listener, session, signal).then(() => {
    reject(new MaintError('gave-up', `the pods on node ${node} were not read in time`));
    waiters.wake();
  }, reject);
  first.catch(() => {
    waiters.wake();
  });
  return {
    first,
    has: (uid) => pods.has(uid),
    all: () => [...pods.values()],
    pod: (uid) => pods.get(uid),
    changed: (until) => waiters.next(until),
    moved: (uid, until) => {
      const own = waitersOfPods.get(uid) ?? new Waiters();
      waitersOfPods.set(uid, own);
      return own.next(until);
    },
  };
}
