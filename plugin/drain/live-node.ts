import { nodePath, NODES } from '../../shared/index.ts';
import { snapshotFromObject, type NodeSnapshot } from '../nodes/snapshot.ts';
import { followCollection } from '../session/live-collection.ts';
import type { Session } from '../session/session.ts';

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
  { facts: { name, unreachable } }: NodeSnapshot,
  hear: (fresh: NodeSnapshot | undefined) => void,
  session: Pick<Session, 'cluster' | 'clock'>,
  signal: AbortSignal,
): FollowedNode {
  let isUnreachable = unreachable;
  const node = followCollection(
    {
      path: NODES,
      query: { fieldSelector: `metadata.name=${name}` },
      project: snapshotFromObject,
      // Who may read this node alone may not list nodes.
      read: async () => [await session.cluster.get(nodePath(name))],
      hear: (nodes) => {
        const [fresh] = nodes.values();
        isUnreachable = fresh?.facts.unreachable ?? isUnreachable;
        hear(fresh);
      },
      signal,
    },
    session,
  );
  const looked = (): void => undefined;
  return {
    first: node.first.then(looked, looked),
    get unreachable() {
      return isUnreachable;
    },
    changed: (stop) => node.changed(stop),
  };
}
