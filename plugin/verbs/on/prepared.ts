import { once } from '../../../shared/index.ts';
import type { Budgets } from '../../drain/budgets.ts';
import type { DrainPlan } from '../../drain/plan.ts';
import { followPods, type PodsOnNode } from '../../drain/pods-on-node.ts';
import { Limiter } from '../../drain/limiter.ts';
import { badSelector, Planner, readPods } from '../../drain/read.ts';
import { followWorkInside, NOTHING_INSIDE, type WorkInside } from '../../drain/work-inside.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { OnOperation } from './flags.ts';
import { policyInForce, type PolicyInForce } from '../../policy/in-force.ts';
import type { ClusterView } from '../../preflight/cluster-view.ts';
import type { Session } from '../../session/session.ts';

/** A node as it was before, and what draining it comes to; nothing of the kind in mode `cordon`. */
export interface Prepared {
  readonly node: NodeSnapshot;
  readonly drain: PreparedDrain | undefined;
}

/** The drain of a node, as planned, and its pods from the moment on at which they are followed. */
export interface PreparedDrain {
  readonly plan: DrainPlan;
  /** Begins to follow them, or gives what is followed already. */
  follow(): PodsOnNode;
  /** They need not be followed any more. */
  end(): void;
}

/** A node that this run has marked: as it was before, and as it was written. */
export interface Marked extends Prepared {
  readonly written: NodeSnapshot;
}

/** Everything that is followed from the preflight to the end of the last drain. */
export interface Preparation {
  readonly prepared: readonly Prepared[];
  readonly budgets: Budgets;
  readonly planner: Planner;
  readonly inside: WorkInside;
  /** What the cluster's webhook decides by. */
  readonly inForce: PolicyInForce;
}

/** What a look is made with. */
export interface Looking {
  readonly session: Session;
  readonly view: ClusterView;
  readonly note: (text: string) => void;
}

/**
 * Plans every node before any is touched. Budgets, and the pods of the nodes that are drained first, are followed from here
 * on; the pods of others from when their turn comes, so that hundreds of nodes do not take hundreds of watches. Throws ClusterRefusal, or MaintError('usage') on a bad --pod-selector.
 */
export async function prepare(
  nodes: readonly NodeSnapshot[],
  operation: OnOperation,
  { session, view, note }: Looking,
): Promise<Preparation> {
  const { cluster, clock, signal } = session;
  const { drain: flags, pace } = operation;
  const reading = policyInForce(cluster);
  const plannerBy = ({ policy: { catalogue } }: PolicyInForce, inside: WorkInside): Planner =>
    new Planner(cluster, {
      flags,
      activeWork: pace.activeWork,
      now: clock.now(),
      catalogue,
      insideOf: (pod) => inside.in(pod),
    });
  if (operation.claim.mode === 'cordon') {
    const inForce = await reading;
    const prepared = nodes.map((node) => ({ node, drain: undefined }));
    const inside = NOTHING_INSIDE;
    return { prepared, budgets: NO_BUDGETS, planner: plannerBy(inForce, inside), inside, inForce };
  }
  const budgets = view.budgets();
  const { podSelector } = flags;
  const atOnce = pace.maxParallel === 0 ? nodes.length : pace.maxParallel;
  const looks = new Limiter(LOOKS_AT_ONCE);
  const looking = reading.then(({ policy: { catalogue } }) =>
    pace.activeWork === 'evict' ? NOTHING_INSIDE : followWorkInside(catalogue, session),
  );
  const planning = Promise.all([reading, looking]).then(([inForce, inside]) => plannerBy(inForce, inside));
  const prepared = await Promise.all(
    nodes.map(async (node, index) => {
      const { name } = node.facts;
      const over = new AbortController();
      const until = AbortSignal.any([signal, over.signal]);
      const follow = once(() => followPods(name, podSelector, session, { signal: until, note }));
      const end = (): void => {
        over.abort();
      };
      // What is drained first is followed from here on; the others are, from when their turn comes.
      const read = () => (index < atOnce ? follow().first : looks.run(() => readPods(name, podSelector, cluster)));
      const reads = read().catch((thrown: unknown) => {
        throw badSelector(thrown, podSelector) ?? thrown;
      });
      const [planner, first] = await Promise.all([planning, reads]);
      return { node, drain: { follow, end, plan: await planner.plan(name, first) } };
    }),
  );
  await budgets.first;
  return { prepared, budgets, planner: await planning, inside: await looking, inForce: await reading };
}

/** Nodes whose pods are listed at once. */
const LOOKS_AT_ONCE = 8;

const NO_BUDGETS: Budgets = {
  first: Promise.resolve(),
  readable: true,
  covering: () => [],
  current: (budget) => budget,
  holding: () => undefined,
  turn: () => Promise.resolve({ end: () => undefined }),
};
