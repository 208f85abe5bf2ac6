import { NODES, type Cluster, type NodeFacts, once, type PodFacts } from '../../shared/index.ts';
import { isKarpenters, readAllNodeClaims, readNodeClaims, type NodeClaims } from '../nodes/node-claims.ts';
import type { Clock } from '../session/clock.ts';
import { followBudgets, type Budgets } from '../drain/budgets.ts';
import type { Tie } from '../drain/database.ts';
import { followDatabases, type Databases } from '../drain/databases.ts';
import { podsForMany, podsOfEachNode, type PodsByNode } from '../drain/pods-by-node.ts';
import { followCollection } from '../session/live-collection.ts';
import { readServedVersions, type ServedVersions } from '../session/served.ts';
import { REPLICATIONS } from './data/registry.ts';
import { clusterNode, readNodes, unlessForbidden } from './read.ts';
import { ownRules, type OwnRule } from './rights.ts';
import type { ClusterNode } from './survey.ts';
import { readTie } from './ties.ts';

/** What a look at some nodes needs of the cluster around them. Each is read, and followed from then on, when it is first asked for. */
export interface ClusterView {
  /** Every node; undefined where the caller may not list them. Throws ClusterRefusal. */
  nodes(): Promise<readonly ClusterNode[] | undefined>;
  /** The same, read at this moment: a watch may be behind. */
  nodesNow(): Promise<readonly ClusterNode[] | undefined>;
  pods(): Promise<PodsByNode>;
  /** What Karpenter has in mind for some nodes; undefined where the caller may not read it. Throws ClusterRefusal. */
  nodeClaims(of: readonly NodeFacts[]): Promise<NodeClaims | undefined>;
  budgets(): Budgets;
  /** The replicated databases whose members are to go. */
  databases(): Databases;
  /** What the caller may do. */
  rules(): Promise<readonly OwnRule[]>;
  /** What the API server serves. */
  served(): Promise<ServedVersions>;
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
  const pods = podsOfEachNode({ cluster, clock });
  return {
    nodes,
    nodesNow: nodes,
    pods: () => Promise.resolve(pods),
    nodeClaims: (of) => unlessForbidden(() => readNodeClaims(of, cluster)),
    budgets: once(() => followBudgets(cluster, clock, signal)),
    databases: once(() => databasesOf({ cluster, clock, signal }, false)),
    rules: once(() => ownRules(cluster)),
    served: once(() => readServedVersions(cluster)),
  };
}

/** The nodes are read anew: one that was just cordoned may not have been seen so. */
function databasesOf({ cluster, clock, signal }: Followed, isWaitedFor: boolean): Databases {
  const nodes = () => readNodes(cluster);
  const tieOf = async (pod: PodFacts): Promise<Tie | undefined> => {
    const tie = await readTie(pod, { cluster, nodes });
    return tie && { ...tie, isWaitedFor };
  };
  return followDatabases({ cluster, clock, signal, systems: REPLICATIONS, tieOf });
}

/** Many looks: at how many nodes, whether they come back by this command, and who hears that a watch broke and goes on. */
interface ManyLooks {
  readonly chosen: number;
  readonly areReturned: boolean;
  readonly note: (text: string) => void;
}

/**
 * For many looks, one after the other: everything is read once and followed until the signal aborts, so that a run over
 * nodes does not read all of them again at each.
 */
export function viewFollowed(
  { cluster, clock, signal }: Followed,
  { chosen, areReturned, note }: ManyLooks,
): ClusterView {
  const followed = once(() => {
    const nodes = followCollection({ path: NODES, project: clusterNode, signal }, { cluster, clock });
    // Where following fails they are read each time, so that the reason is told each time.
    const isFollowed = nodes.first.then(
      () => true,
      () => false,
    );
    return { nodes, isFollowed };
  });
  const nodes = async (): Promise<readonly ClusterNode[] | undefined> => {
    const { nodes: all, isFollowed } = followed();
    if (!(await isFollowed)) return readNodes(cluster);
    return all.all();
  };
  // When a NodeClaim expires is settled when it is made: none is read anew.
  const nodeClaims = once(() => unlessForbidden(() => readAllNodeClaims(cluster)));
  return {
    nodes,
    nodesNow: () => readNodes(cluster),
    nodeClaims: async (of) => (of.some(isKarpenters) ? nodeClaims() : new Map()),
    pods: once(async () => {
      // Who may not list nodes does not know how many there are.
      const of = (await nodes())?.length ?? Infinity;
      return podsForMany({ chosen, of }, { cluster, clock }, { signal, note });
    }),
    budgets: once(() => followBudgets(cluster, clock, signal)),
    databases: once(() => databasesOf({ cluster, clock, signal }, areReturned)),
    rules: once(() => ownRules(cluster)),
    served: once(() => readServedVersions(cluster)),
  };
}
