import { labelSelectorFrom, renderSelector, selects, type LabelSelector } from '../scheduling/selectors.ts';
import { at, numberAt, textAt } from './json.ts';
import type { PodFacts } from './pod.ts';

/** A PodDisruptionBudget (policy/v1) as draining sees it. */
export interface BudgetFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly selector: LabelSelector;
  /** `disruptionsAllowed`: how many of its pods may go now. */
  readonly allowed: number;
  /** `currentHealthy` and `desiredHealthy`: how many are, and how many have to stay. */
  readonly healthy: number;
  readonly needed: number;
  /** `expectedPods`: how many pods it counts. */
  readonly expected: number;
  /** Evictions that were allowed and whose pods are still there. */
  readonly disrupting: number;
  /** The status is about an older specification, or was never written. */
  readonly outdated: boolean;
}

/** A PodDisruptionBudget object as facts; missing numbers read as 0, as the API server reads them. */
export function budgetFromObject(object: unknown): BudgetFacts {
  const count = (...path: readonly string[]): number => numberAt(object, ...path) ?? 0;
  return {
    namespace: textAt(object, 'metadata', 'namespace') ?? '',
    name: textAt(object, 'metadata', 'name') ?? '',
    uid: textAt(object, 'metadata', 'uid') ?? '',
    selector: labelSelectorFrom(at(object, 'spec', 'selector')),
    allowed: count('status', 'disruptionsAllowed'),
    healthy: count('status', 'currentHealthy'),
    needed: count('status', 'desiredHealthy'),
    expected: count('status', 'expectedPods'),
    disrupting: Object.keys(at(object, 'status', 'disruptedPods') ?? {}).length,
    outdated: count('status', 'observedGeneration') < count('metadata', 'generation'),
  };
}

/** Whether a budget counts a pod (k8s registry/core/pod/storage/eviction.go: by namespace and selector, nothing else). */
export function budgetCovers(budget: BudgetFacts, pod: Pick<PodFacts, 'namespace' | 'labels'>): boolean {
  return budget.namespace === pod.namespace && selects(budget.selector, pod.labels);
}

/**
 * Whether the budget forbids every eviction even though all its pods are healthy: it wants as many as there are
 * (minAvailable = replicas, maxUnavailable = 0). Waiting cannot help; somebody has to change it or scale up.
 */
export function isUnsatisfiable(budget: BudgetFacts): boolean {
  const { outdated, allowed, disrupting, expected, healthy, needed } = budget;
  return !outdated && allowed === 0 && disrupting === 0 && expected > 0 && healthy >= expected && needed >= healthy;
}

/** The label selector of its pods as a query takes it; undefined where it selects none. */
export function budgetSelector(budget: BudgetFacts): string | undefined {
  return renderSelector(budget.selector);
}
