import { nodePath, NODES } from '../../shared/index.ts';
import { snapshotFromObject, type NodeSnapshot } from '../nodes/snapshot.ts';
import type { Session } from '../session/session.ts';
import { followOrPoll } from './follow.ts';
import { Waiters } from './waiters.ts';

/** How often a caller looks who may read the node and not watch it, in ms: as often as its state is told. */
const POLL_MS = 5000;

/** A node as it is while it is drained, not as it was when the drain was planned. */
export interface LiveNode {
  /** Its kubelet has not been heard of: nobody confirms what becomes of its pods. */
  readonly unreachable: boolean;
  /** Resolves when the node changes, or when the signal aborts. */
  changed(signal: AbortSignal): Promise<void>;
}

/** A node that is followed. */
export interface FollowedNode extends LiveNode {
  /** Resolves when it was looked at for the first time, or cannot be. */
  readonly first: Promise<void>;
}

/** Follows a node until the signal aborts. `hear` is told of it at first and after every change; undefined where it is gone. */
export function followNode(
  { facts }: NodeSnapshot,
  hear: (fresh: NodeSnapshot | undefined) => void,
  session: Pick<Session, 'cluster' | 'clock'>,
  signal: AbortSignal,
): FollowedNode {
  const wakes = new Waiters();
  const { promise: first, resolve } = Promise.withResolvers<undefined>();
  let unreachable = facts.unreachable;
  const put = (fresh: NodeSnapshot | undefined): void => {
    unreachable = fresh?.facts.unreachable ?? unreachable;
    hear(fresh);
    resolve(undefined);
    wakes.wake();
  };
  const listener = {
    project: snapshotFromObject,
    synced: ([fresh]: readonly (NodeSnapshot | undefined)[]) => {
      put(fresh);
    },
    changed: put,
    removed: () => {
      put(undefined);
    },
  };
  const followed = {
    path: NODES,
    query: { fieldSelector: `metadata.name=${facts.name}` },
    pollMs: POLL_MS,
    // Who may read this node alone may not list nodes.
    read: async () => [snapshotFromObject(await session.cluster.get(nodePath(facts.name)))],
  };
  const end = (): void => {
    resolve(undefined);
  };
  followOrPoll(followed, listener, session, signal).then(end, end);
  return {
    first,
    get unreachable() {
      return unreachable;
    },
    changed: (until) => wakes.next(until),
  };
}
