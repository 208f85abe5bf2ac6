import { labelSelectorFrom, renderSelector, selects, type LabelSelector } from '../scheduling/selectors.ts';
import { at, conditionAt, numberAt, textAt } from './json.ts';
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
  /** Why its controller cannot count its pods, so that it lets none go; undefined where it can (condition SyncFailed). */
  readonly failure: string | undefined;
  /** What its specification asks for: so many pods that stay, or that may go, or a part of all like `50%`. */
  readonly minAvailable: number | string | undefined;
  readonly maxUnavailable: number | string | undefined;
  /** `unhealthyPodEvictionPolicy: AlwaysAllow`: pods that are not Ready go whatever it counts. */
  readonly evictsNotReady: boolean;
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
    failure: failureOf(object),
    minAvailable: numberAt(object, 'spec', 'minAvailable') ?? textAt(object, 'spec', 'minAvailable'),
    maxUnavailable: numberAt(object, 'spec', 'maxUnavailable') ?? textAt(object, 'spec', 'maxUnavailable'),
    evictsNotReady: textAt(object, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow',
  };
}

/** k8s pkg/controller/disruption: a budget that cannot be computed lets no pod go, and says so in a condition. */
function failureOf(object: unknown): string | undefined {
  const allowed = conditionAt(object, 'DisruptionAllowed');
  const isFailed = textAt(allowed, 'status') === 'False' && textAt(allowed, 'reason') === 'SyncFailed';
  return isFailed ? (textAt(allowed, 'message') ?? 'its controller does not say why') : undefined;
}

/** Whether a budget counts a pod (k8s registry/core/pod/storage/eviction.go: by namespace and selector, nothing else). */
export function budgetCovers(budget: BudgetFacts, pod: Pick<PodFacts, 'namespace' | 'labels'>): boolean {
  return budget.namespace === pod.namespace && selects(budget.selector, pod.labels);
}

/** Whether the API server evicts a pod without a look at its budgets (eviction.go canIgnorePDB). */
export function isBeyondBudgets({ phase, deletedAt }: Pick<PodFacts, 'phase' | 'deletedAt'>): boolean {
  return phase === 'Pending' || phase === 'Succeeded' || phase === 'Failed' || deletedAt !== undefined;
}

/**
 * Whether the API server evicts a pod without taking one of its budget's disruptions (eviction.go): one that is not Ready
 * where the budget always allows that, or where it has all the healthy pods that it needs, and needs some.
 */
export function isUncounted(pod: Pick<PodFacts, 'phase' | 'deletedAt' | 'ready'>, budget: BudgetFacts): boolean {
  if (isBeyondBudgets(pod)) return true;
  const { evictsNotReady, healthy, needed } = budget;
  return !pod.ready && (evictsNotReady || (healthy >= needed && needed > 0));
}

/**
 * Whether the budget forbids every eviction as things are: it cannot be computed, or it wants as many pods as there are
 * (minAvailable = replicas, maxUnavailable = 0) though all of them are healthy. Somebody has to change something.
 */
export function isUnsatisfiable(budget: BudgetFacts): boolean {
  const { failure, outdated, allowed, disrupting, expected, healthy, needed } = budget;
  if (failure !== undefined) return allowed === 0;
  return !outdated && allowed === 0 && disrupting === 0 && expected > 0 && healthy >= expected && needed >= healthy;
}

/** Whether such a budget lets a pod go once there are more of them: not where none may ever be missing. */
export function isHelpedByScaling({ minAvailable, maxUnavailable }: BudgetFacts): boolean {
  if (maxUnavailable !== undefined) return !isNone(maxUnavailable);
  return minAvailable !== '100%';
}

function isNone(amount: number | string): boolean {
  return amount === 0 || amount === '0%';
}

/**
 * Labels of the selector by which an operator says which pod has a role now (CloudNativePG, Patroni, Redis and others: a
 * key that ends with `role`), as `key=value`. A pod that gives its role away is not the budget's any more.
 */
export function roleLabels({ selector }: BudgetFacts): readonly string[] {
  const byRole = (selector ?? []).filter(({ key, operator }) => operator === 'In' && /role$/i.test(key));
  return byRole.flatMap(({ key, values }) => [...values].map((value) => `${key}=${value}`));
}

/** The label selector of its pods as a query takes it; undefined where it selects none. */
export function budgetSelector(budget: BudgetFacts): string | undefined {
  return renderSelector(budget.selector);
}
