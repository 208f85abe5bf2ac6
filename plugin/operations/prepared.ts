import type { DrainPlan } from '../drain/plan.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';

/** A node and what draining it comes to; no plan in mode `cordon`. */
export interface Prepared {
  readonly node: NodeSnapshot;
  readonly plan: DrainPlan | undefined;
}
