import {
  clean,
  isHelpedByScaling,
  isUnsatisfiable,
  roleLabels,
  type BudgetFacts,
  type PodFacts,
} from '../../shared/index.ts';
import { podName } from './plan.ts';

/** Why a pod is still there. Pods with the same key wait for the same thing; the latest text tells of it best. */
export interface Cause {
  readonly kind:
    | 'budget'
    | 'two-budgets'
    | 'webhook'
    | 'moving'
    | 'server'
    | 'refused'
    | 'credentials'
    | 'terminating'
    | 'running'
    | 'order'
    | 'member';
  readonly key: string;
  readonly text: string;
  /** The budget, where that is what holds it. */
  readonly budget?: BudgetFacts;
}

/** Longest text of a cause, in characters: it holds what a server or a webhook said. */
const MAX_CAUSE = 300;

/** A cause that is known by its text alone. */
export function causeOf(kind: Cause['kind'], text: string): Cause {
  const cleaned = clean(text, MAX_CAUSE);
  return { kind, key: `${kind} ${cleaned}`, text: cleaned };
}

/** Evictions support one budget for a pod. */
export const TWO_BUDGETS_CAUSE = causeOf(
  'two-budgets',
  'more than one disruption budget selects it, which evictions do not support',
);

/**
 * How long after the end of its grace period (its deletionTimestamp) a pod counts as stuck, in ms: the kubelet takes a
 * few seconds to take it down, and its clock may differ from ours by as much.
 */
export const STUCK_AFTER_MS = 10_000;

/** A pod that was asked to go and is still there: its finalizers hold it, or its kubelet has not ended it yet. */
export function terminatingCause({ finalizers }: Pick<PodFacts, 'finalizers'>): Cause {
  const held = finalizers.length === 0 ? '' : `, held by finalizers ${finalizers.join(', ')}`;
  return causeOf('terminating', `still terminating${held}`);
}

/** What a budget says, in the words of the API server's own refusal, and whether waiting can help. */
export function budgetCause(budget: BudgetFacts, notReady: readonly string[] = []): Cause {
  const name = `${budget.namespace}/${budget.name}`;
  return {
    kind: 'budget',
    key: `budget ${name}`,
    text: `disruption budget ${name} ${stateOf(budget, notReady)}`,
    budget,
  };
}

function stateOf(budget: BudgetFacts, notReady: readonly string[]): string {
  if (budget.failure !== undefined) {
    const why = clean(budget.failure, MAX_FAILURE);
    return `lets no pod go, because it cannot be computed (SyncFailed: ${why}); give it minAvailable as a number, which counts pods of any owner, or delete it`;
  }
  return `needs ${budget.needed} healthy pods and has ${budget.healthy}${outlookOf(budget, notReady)}`;
}

/** Longest part of a budget's own message in a cause, in characters: what helps has to fit behind it. */
const MAX_FAILURE = 120;

function outlookOf(budget: BudgetFacts, notReady: readonly string[]): string {
  if (isUnsatisfiable(budget)) return `: it lets none of its ${budget.expected} pods go${remedyOf(budget)}`;
  if (budget.healthy > budget.needed) return '; others of it go first';
  return notReady.length === 0 ? '' : ` (not Ready: ${listed(notReady)})`;
}

function remedyOf(budget: BudgetFacts): string {
  const [role] = roleLabels(budget);
  if (role !== undefined) return ` that has ${role}, until its operator gives that role to another pod; or change it`;
  if (isHelpedByScaling(budget)) return '; change it, or scale up';
  const { minAvailable, maxUnavailable } = budget;
  const wish =
    maxUnavailable === undefined ? `minAvailable: ${minAvailable ?? 0}` : `maxUnavailable: ${maxUnavailable}`;
  return `, however many there are; change its ${wish}`;
}

/** A cause with what waits because of it. */
export interface CauseGroup {
  readonly kind: Cause['kind'];
  readonly text: string;
  /** Pods as `namespace/name`, or volumes, or workloads; sorted. */
  readonly names: readonly string[];
}

/** The causes of some pods, those of most pods first; pods that wait for nothing but their turn last. */
export function groupCauses(
  waiting: Iterable<readonly [PodFacts, Cause]>,
  explain: (cause: Cause) => Cause = (cause) => cause,
): readonly CauseGroup[] {
  const groups = new Map<string, { cause: Cause; names: string[] }>();
  for (const [pod, cause] of waiting) {
    const group = groups.get(cause.key) ?? { cause, names: [] };
    group.cause = cause;
    group.names.push(podName(pod));
    groups.set(cause.key, group);
  }
  return [...groups.values()]
    .map(({ cause, names }) => ({ kind: cause.kind, text: explain(cause).text, names: names.sort() }))
    .sort(byWeight);
}

/** The same over several nodes: what holds pods on many of them is told once. */
export function mergeGroups(groups: readonly CauseGroup[]): readonly CauseGroup[] {
  return [...Map.groupBy(groups, ({ text }) => text)]
    .flatMap(([, [first, ...others]]) =>
      first === undefined
        ? []
        : [{ ...first, names: [...first.names, ...others.flatMap(({ names }) => names)].sort() }],
    )
    .sort(byWeight);
}

function byWeight(a: CauseGroup, b: CauseGroup): number {
  const last = ({ kind }: CauseGroup): number => (kind === 'order' ? 1 : 0);
  return last(a) - last(b) || b.names.length - a.names.length || (a.text < b.text ? -1 : 1);
}

/** How many pods a line names, and how many causes a message (Cluster API shows as many). */
const PODS_NAMED = 3;
const CAUSES_TOLD = 5;

/** `why: ns/a, ns/b and 3 more` */
export function renderGroup({ text, names }: CauseGroup): string {
  return `${text}: ${listed(names)}`;
}

/** All causes in one line, for a condition or an Event; empty where there is none. */
export function renderGroups(groups: readonly CauseGroup[]): string {
  const told = groups.slice(0, CAUSES_TOLD).map(renderGroup);
  const rest = groups.length - told.length;
  return [...told, ...(rest > 0 ? [`${rest} more ${rest === 1 ? 'reason' : 'reasons'}`] : [])].join('; ');
}

/** The first few names, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, PODS_NAMED).join(', ');
  const rest = names.length - PODS_NAMED;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
