import { numberAt, podFromObject, PODS, textAt, type Cluster, type PodFacts } from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import { followCollection } from '../session/live-collection.ts';
import { Notifier } from '../session/wait.ts';
import { followPods, type Following, type PodsOnNode } from './pods-on-node.ts';
import { readPods } from './read.ts';

/** The pods of any node, read and followed. */
export interface PodsByNode {
  /** Those that are there now. Throws ClusterRefusal. */
  read(node: string): Promise<readonly PodFacts[]>;
  follow(node: string, following: Following): PodsOnNode;
}

/** What reading and following takes. */
interface PodsPorts {
  readonly cluster: Cluster;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** A list, or a watch, for each node that is asked about. */
export function podsOfEachNode(ports: PodsPorts): PodsByNode {
  return {
    read: (node) => readPods(node, undefined, ports.cluster),
    follow: (node, following) => followPods(node, undefined, ports, following),
  };
}

/**
 * So often a node's pods are asked for while it is taken through: by the preflight of all, its own, the room for both, the drain
 * and the gate. From this share of the nodes on, one list of all pods has no more of them in it.
 */
const ASKED_FOR = 6;

/** Most pods that are held in memory: at up to 5 kB each 100 MB of the 250 MiB that docs/benchmarks.md grants a command. */
const MOST_HELD = 20_000;

/** How many nodes are looked at, and of how many. */
export interface Share {
  readonly chosen: number;
  readonly of: number;
}

/**
 * For many nodes one after the other: all pods of the cluster in one list and one watch, where that is less work, they are no
 * more than fit into memory, and the caller may watch them; otherwise each node's own.
 */
export async function podsForMany({ chosen, of }: Share, ports: PodsPorts, following: Following): Promise<PodsByNode> {
  const each = podsOfEachNode(ports);
  if (chosen * ASKED_FOR < of || !((await countPods(ports.cluster)) <= MOST_HELD)) return each;
  return (await podsOfAllNodes(ports, following)) ?? each;
}

/** How many pods there are; not a number where the API server does not say. */
async function countPods(cluster: Cluster): Promise<number> {
  const { status, body } = await cluster.send({ method: 'GET', path: PODS, query: { limit: '1' } });
  if (status !== 200) return NaN;
  const isAll = (textAt(body, 'metadata', 'continue') ?? '') === '';
  return 1 + (numberAt(body, 'metadata', 'remainingItemCount') ?? (isAll ? 0 : NaN));
}

/** Undefined where the caller may not watch all pods, or following ended before they were known. */
async function podsOfAllNodes(ports: PodsPorts, { signal, note }: Following): Promise<PodsByNode | undefined> {
  const nodes = new Map<string, OnNode>();
  const places = new Map<string, string>();
  const onNode = (name: string): OnNode => {
    const known = nodes.get(name) ?? { pods: new Map<string, PodFacts>(), changes: new Notifier() };
    nodes.set(name, known);
    return known;
  };
  const hear = (pods: ReadonlyMap<string, PodFacts>, uids: readonly string[]): void => {
    for (const uid of uids) {
      const pod = pods.get(uid);
      const { pods: there, changes } = onNode(pod?.nodeName ?? places.get(uid) ?? '');
      if (pod === undefined) {
        there.delete(uid);
        places.delete(uid);
      } else {
        there.set(uid, pod);
        places.set(uid, pod.nodeName);
      }
      changes.notify();
    }
  };
  const interrupted = (why: string): void => {
    note(`watching the pods of all nodes again: ${why}`);
  };
  // Pods that wait for a node are on none; one that has a node keeps it.
  const query = { fieldSelector: 'spec.nodeName!=' };
  const all = followCollection(
    { path: PODS, query, project: podFromObject, pollMs: 'never', hear, interrupted, signal },
    ports,
  );
  const first = await all.first.catch(() => undefined);
  if (first === undefined) return undefined;
  const there = (node: string): readonly PodFacts[] => [...onNode(node).pods.values()];
  return {
    read: (node) => Promise.resolve(there(node)),
    follow: (node) => ({
      first: Promise.resolve(there(node)),
      all: () => there(node),
      has: (uid) => onNode(node).pods.has(uid),
      get: (uid) => onNode(node).pods.get(uid),
      changed: (stop, uid) => (uid === undefined ? onNode(node).changes.next(stop) : all.changed(stop, uid)),
    }),
  };
}

/** The pods on a node by UID, and who hears of them. */
interface OnNode {
  readonly pods: Map<string, PodFacts>;
  readonly changes: Notifier;
}
