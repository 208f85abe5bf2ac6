import type { BudgetFacts, PodFacts } from '../../../../shared/index.ts';
import { causeOf, groupCauses, STUCK_AFTER_MS, terminatingCause, type Cause } from '../../../drain/cause.ts';
import type { Budgets } from '../../../drain/budgets.ts';
import type { DrainPlan } from '../../../drain/plan.ts';
import { holdingCause } from '../../../drain/prediction.ts';
import type { NodeRow } from '../wire.ts';

/**
 * What holds the pods of a drain that somebody carries out, wherever that is: by the pods that are left and by their budgets,
 * since nobody but that drain hears what the API server answers to its evictions. Pods that nothing holds are on their way.
 * Pure; `now` is ms since the epoch.
 */
export function drainNow(
  { evict, waitFor }: DrainPlan,
  budgets: Pick<Budgets, 'covering' | 'readable'>,
  now: number,
): NonNullable<NodeRow['drain']> {
  const taken = new Map<string, number>();
  const held = evict.flatMap((pod): readonly (readonly [PodFacts, Cause])[] => {
    const cause = heldBy(pod, { budgets: budgets.covering(pod), taken, now });
    return cause === undefined ? [] : [[pod, cause]];
  });
  const waited = waitFor.map(({ pod, why }) => [pod, causeOf('running', why)] as const);
  return { causes: groupCauses([...held, ...waited]), areBudgetsKnown: budgets.readable };
}

interface Around {
  readonly budgets: readonly BudgetFacts[];
  /** How many pods each budget (by UID) would have let go so far. */
  readonly taken: Map<string, number>;
  readonly now: number;
}

function heldBy(pod: PodFacts, { budgets, taken, now }: Around): Cause | undefined {
  if (pod.deletedAt === undefined) return holdingCause(pod, budgets, taken);
  return now - pod.deletedAt >= STUCK_AFTER_MS ? terminatingCause(pod) : undefined;
}
