import type { PodFacts } from '../../shared/index.ts';
import { fateOf, type FilterContext } from './filters.ts';

/** A pod and why it is not simply evicted. */
export interface ReasonedPod {
  readonly pod: PodFacts;
  readonly why: string;
}

/** Something that is said of some pods. */
export interface PodGroup {
  readonly text: string;
  /** `namespace/name`, sorted. */
  readonly names: readonly string[];
}

/** A pod that is not evicted before something has ended: the pod itself, or what runs inside it. */
export interface WaitedPod extends ReasonedPod {
  readonly inside: boolean;
}

/** What draining a node comes to: a value that is printed by a dry run and carried out by the engine. */
export interface DrainPlan {
  readonly node: string;
  /** In the order of eviction: low priority first, then by name. */
  readonly evict: readonly PodFacts[];
  /** Pods that end by themselves, or what runs in them does, and that are evicted then. */
  readonly waitFor: readonly WaitedPod[];
  /** Pods that stay. */
  readonly leave: readonly ReasonedPod[];
  /** Pods that are not evicted without a flag. */
  readonly refused: readonly ReasonedPod[];
  /** Sorted by what is said. */
  readonly warnings: readonly PodGroup[];
  /** Why nothing may be evicted; sorted by what is said. */
  readonly refusals: readonly PodGroup[];
}

/** Plans the drain of one node from the pods on it. */
export function planDrain(node: string, pods: readonly PodFacts[], context: FilterContext): DrainPlan {
  const judged = [...pods].sort(byPriority).map((pod) => ({ pod, fate: fateOf(pod, context) }));
  const refused = judged.flatMap(({ pod, fate }) => ('message' in fate ? [{ pod, why: fate.message }] : []));
  return {
    node,
    evict: judged.filter(({ fate }) => fate.fate === 'evict').map(({ pod }) => pod),
    waitFor: judged.flatMap(({ pod, fate }) =>
      fate.fate === 'wait' ? [{ pod, why: fate.why, inside: fate.inside }] : [],
    ),
    leave: judged.flatMap(({ pod, fate }) => (fate.fate === 'leave' ? [{ pod, why: fate.why }] : [])),
    refused,
    warnings: grouped(
      judged.flatMap(({ pod, fate }) => ('warnings' in fate ? fate.warnings.map((text) => ({ text, pod })) : [])),
    ),
    refusals: refusalsOf(refused),
  };
}

/** Pods that are not evicted without a flag, by why. */
export function refusalsOf(refused: readonly ReasonedPod[]): readonly PodGroup[] {
  return grouped(refused.map(({ pod, why }) => ({ text: why, pod })));
}

function byPriority(a: PodFacts, b: PodFacts): number {
  return a.priority - b.priority || (podName(a) < podName(b) ? -1 : 1);
}

/** The pods of each text, sorted. */
function grouped(entries: readonly { readonly text: string; readonly pod: PodFacts }[]): readonly PodGroup[] {
  return [...Map.groupBy(entries, ({ text }) => text)]
    .map(([text, all]) => ({ text, names: all.map(({ pod }) => podName(pod)).sort() }))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
}

/** `namespace/name` */
export function podName(pod: PodFacts): string {
  return `${pod.namespace}/${pod.name}`;
}
