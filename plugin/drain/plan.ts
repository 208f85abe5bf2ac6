import type { PodFacts } from '../../shared/index.ts';
import { fateOf, type FilterContext } from './filters.ts';

/** What draining a node comes to: a value that is printed by a dry run and carried out by the engine. */
export interface DrainPlan {
  readonly node: string;
  /** In the order of eviction: low priority first, then by name. */
  readonly evict: readonly PodFacts[];
  readonly leave: readonly PodFacts[];
  /** `message: ns/pod, ns/pod`, sorted. */
  readonly warnings: readonly string[];
  /** Why nothing may be evicted; `message: ns/pod, ns/pod`, sorted. */
  readonly refusals: readonly string[];
}

/** Plans the drain of one node from the pods on it. */
export function planDrain(node: string, pods: readonly PodFacts[], context: FilterContext): DrainPlan {
  const judged = pods.map((pod) => ({ pod, fate: fateOf(pod, context) }));
  const podsWith = (fate: string): PodFacts[] => judged.filter((one) => one.fate.fate === fate).map(({ pod }) => pod);
  return {
    node,
    evict: podsWith('evict').sort((a, b) => a.priority - b.priority || (podName(a) < podName(b) ? -1 : 1)),
    leave: podsWith('leave'),
    warnings: group(
      judged.flatMap(({ pod, fate }) => ('warnings' in fate ? fate.warnings.map((text) => ({ text, pod })) : [])),
    ),
    refusals: group(judged.flatMap(({ pod, fate }) => ('message' in fate ? [{ text: fate.message, pod }] : []))),
  };
}

function group(entries: readonly { readonly text: string; readonly pod: PodFacts }[]): readonly string[] {
  const pods = new Map<string, string[]>();
  for (const { text, pod } of entries) pods.set(text, [...(pods.get(text) ?? []), podName(pod)]);
  return [...pods].map(([text, names]) => `${text}: ${names.sort().join(', ')}`).sort();
}

/** `namespace/name` */
export function podName(pod: PodFacts): string {
  return `${pod.namespace}/${pod.name}`;
}
