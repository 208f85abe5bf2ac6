import { followBudgets, type Budgets } from '../drain/budgets.ts';
import type { DrainPlan } from '../drain/plan.ts';
import { followPods, type PodsOnNode } from '../drain/pods-on-node.ts';
import { badSelector, Planner } from '../drain/read.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import type { OnOperation } from '../operation.ts';
import { policyInForce, type PolicyInForce } from '../policy/in-force.ts';
import type { Session } from '../session.ts';

/** A node as it was before, and what draining it comes to; nothing of the kind in mode `cordon`. */
export interface Prepared {
  readonly node: NodeSnapshot;
  readonly drain: { readonly plan: DrainPlan; readonly pods: PodsOnNode } | undefined;
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
  /** What the cluster's webhook decides by. */
  readonly inForce: PolicyInForce;
}

/**
 * Plans every node before any is touched. Pods and budgets are followed from here on, so that what the drain works with
 * is what the plan was made from. Throws ClusterRefusal, or MaintError('usage') on a bad --pod-selector.
 */
export async function prepare(
  nodes: readonly NodeSnapshot[],
  operation: OnOperation,
  session: Session,
  note: (text: string) => void,
): Promise<Preparation> {
  const { cluster, clock, signal } = session;
  const { drain: flags, pace } = operation;
  const reading = policyInForce(cluster);
  const plannerBy = ({ policy: { catalogue } }: PolicyInForce): Planner =>
    new Planner(cluster, { flags, activeWork: pace.activeWork, now: clock.now(), catalogue });
  if (operation.claim.mode === 'cordon') {
    const inForce = await reading;
    const prepared = nodes.map((node) => ({ node, drain: undefined }));
    return { prepared, budgets: NO_BUDGETS, planner: plannerBy(inForce), inForce };
  }
  const budgets = followBudgets(cluster, clock, signal);
  const following = nodes.map((node) => ({
    node,
    pods: followPods(node.facts.name, flags.podSelector, session, { signal, note }),
  }));
  const inForce = await reading;
  const planner = plannerBy(inForce);
  const prepared = await Promise.all(
    following.map(async ({ node, pods }) => {
      const first = await pods.first.catch((thrown: unknown) => {
        throw badSelector(thrown, flags.podSelector) ?? thrown;
      });
      return { node, drain: { pods, plan: await planner.plan(node.facts.name, first) } };
    }),
  );
  await budgets.first;
  return { prepared, budgets, planner, inForce };
}

const NO_BUDGETS: Budgets = {
  first: Promise.resolve(),
  readable: true,
  covering: () => [],
  current: (budget) => budget,
  holding: () => undefined,
  turn: () => Promise.resolve({ end: () => undefined }),
};
