import { isBeyondBudgets, isUncounted, type BudgetFacts, type PodFacts } from '../../shared/index.ts';
import { budgetCause, TWO_BUDGETS_CAUSE, type Cause } from './cause.ts';

/**
 * What would hold a pod if its eviction were asked for now; undefined: it would go. As the API server decides (k8s
 * registry/core/pod/storage/eviction.go), with the pods counted that would have gone before (by UID of their budget): this
 * one is counted with them.
 */
export function holdingCause(
  pod: PodFacts,
  budgets: readonly BudgetFacts[],
  taken: Map<string, number>,
): Cause | undefined {
  const [budget, ...more] = isBeyondBudgets(pod) ? [] : budgets;
  if (budget === undefined) return undefined;
  if (more.length > 0) return TWO_BUDGETS_CAUSE;
  if (isUncounted(pod, budget)) return undefined;
  const before = taken.get(budget.uid) ?? 0;
  if (budget.outdated || budget.allowed <= before) return budgetCause(budget);
  taken.set(budget.uid, before + 1);
  return undefined;
}
