import { MaintError, podFromObject, PODS, type PodFacts } from '../../shared/index.ts';
import { followCollection, type FollowPorts, type LiveCollection } from '../session/live-collection.ts';
import { podsOn } from './read.ts';

/** How often a caller without the right to watch looks; kubectl drain asks once a second as well. */
const POLL_MS = 1000;

/** The pods on one node as they come and go. */
export interface PodsOnNode extends LiveCollection<PodFacts> {
  /** Resolves with the pods that were there at the start; rejects where they may not be read, or were not in time. */
  readonly first: Promise<readonly PodFacts[]>;
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
  ports: FollowPorts,
  { signal, note }: Following,
): PodsOnNode {
  const interrupted = (why: string): void => {
    note(`watching the pods on node ${node} again: ${why}`);
  };
  const query = podsOn(node, selector);
  const pods = followCollection(
    { path: PODS, query, project: podFromObject, pollMs: POLL_MS, interrupted, signal },
    ports,
  );
  const first = pods.first.then((there) => {
    if (there === undefined) throw new MaintError('gave-up', `the pods on node ${node} were not read in time`);
    return there;
  });
  // Who follows them may look at them only later, or not at all.
  first.catch(() => undefined);
  return { ...pods, first };
}
