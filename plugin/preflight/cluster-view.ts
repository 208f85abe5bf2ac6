import { NODES, type Cluster, once } from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import { followBudgets, type Budgets } from '../drain/budgets.ts';
import { followCollection } from '../session/live-collection.ts';
import { clusterNode, readNodes } from './read.ts';
import type { ClusterNode } from './survey.ts';

/** What a look at some nodes needs of the cluster around them. */
export interface ClusterView {
  /** Every node; undefined where the caller may not list them. Throws ClusterRefusal. */
  nodes(): Promise<readonly ClusterNode[] | undefined>;
  /** The same, read at this moment: a watch may be behind. */
  nodesNow(): Promise<readonly ClusterNode[] | undefined>;
  /** Followed from the first call on. */
  budgets(): Budgets;
}

/** What following needs. */
interface Followed {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** For one look: nodes are read when they are asked for. */
export function viewOnce({ cluster, clock, signal }: Followed): ClusterView {
  const nodes = () => readNodes(cluster);
  return { nodes, nodesNow: nodes, budgets: once(() => followBudgets(cluster, clock, signal)) };
}

/**
 * For many looks, one after the other: everything is read once and followed until the signal aborts, so that a run over
 * nodes does not read all of them again at each.
 */
export function viewFollowed({ cluster, clock, signal }: Followed): ClusterView {
  const followed = once(() => {
    const nodes = followCollection({ path: NODES, project: clusterNode, signal }, { cluster, clock });
    // Where following fails they are read each time, so that the reason is told each time.
    const isFollowed = nodes.first.then(
      () => true,
      () => false,
    );
    return { nodes, isFollowed };
  });
  return {
    nodes: async () => {
      const { nodes, isFollowed } = followed();
      if (!(await isFollowed)) return readNodes(cluster);
      return nodes.all();
    },
    nodesNow: () => readNodes(cluster),
    budgets: once(() => followBudgets(cluster, clock, signal)),
  };
}
