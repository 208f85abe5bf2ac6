import {
  isBeyondBudgets,
  isUncounted,
  isUnsatisfiable,
  type BudgetFacts,
  type PodFacts,
} from '../../../shared/index.ts';
import { budgetCause, listed } from '../../drain/cause.ts';
import { podName } from '../../drain/plan.ts';
import { warning, type Check, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** Budgets that no waiting satisfies: those that let nobody go, and two of them on one pod. */
export const budgets: Check = {
  id: 'budgets',
  refuses: '',
  warns: 'a budget that lets nobody go however long you wait; two budgets on one pod',
  find,
};

function find({ plans, budgetsOf }: Survey): readonly Finding[] {
  const pods = plans.flatMap(({ evict }) => evict);
  return [...neverSatisfied(pods, budgetsOf), ...twofold(pods, budgetsOf)];
}

function neverSatisfied(pods: readonly PodFacts[], budgetsOf: Survey['budgetsOf']): readonly Finding[] {
  const blocked = new Map<BudgetFacts, string[]>();
  for (const pod of pods) {
    for (const budget of budgetsOf(pod)) {
      if (!isUnsatisfiable(budget) || isUncounted(pod, budget)) continue;
      blocked.set(budget, [...(blocked.get(budget) ?? []), podName(pod)]);
    }
  }
  return [...blocked].map(([budget, names]) => warning('budgets', `${budgetCause(budget).text}: ${listed(names)}`));
}

function twofold(pods: readonly PodFacts[], budgetsOf: Survey['budgetsOf']): readonly Finding[] {
  const byBudgets = new Map<string, string[]>();
  for (const pod of pods) {
    const budgets = isBeyondBudgets(pod) ? [] : budgetsOf(pod);
    if (budgets.length < 2) continue;
    const names = budgets
      .map(({ namespace, name }) => `${namespace}/${name}`)
      .sort()
      .join(' and ');
    byBudgets.set(names, [...(byBudgets.get(names) ?? []), podName(pod)]);
  }
  return [...byBudgets].map(([budgets, names]) =>
    warning(
      'budgets',
      `more than one disruption budget (${budgets}) selects ${listed(names)}: evictions support one only`,
    ),
  );
}
