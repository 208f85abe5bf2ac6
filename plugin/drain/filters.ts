import { isFinished, type PodFacts } from '../../shared/index.ts';
import type { DrainFlags } from '../operation.ts';

/** What draining does with a pod. `leave` stays by design, `refuse` stops the whole drain before it begins. */
export type PodFate =
  | { readonly fate: 'evict'; readonly warnings: readonly string[] }
  | { readonly fate: 'leave'; readonly warnings: readonly string[] }
  | { readonly fate: 'refuse'; readonly message: string };

/** What a fate depends on besides the pod. */
export interface FilterContext {
  readonly flags: DrainFlags;
  /** Whether the DaemonSet that controls a pod still exists. */
  readonly daemonSetExists: (pod: PodFacts) => boolean;
}

/** kubectl's own words (kubectl pkg/drain/filters.go), so that people and scripts find them. */
export const WORDS = {
  daemonSetFatal: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
  daemonSetWarning: 'ignoring DaemonSet-managed Pods',
  daemonSetMissing: 'deleting Pods whose DaemonSet does not exist',
  localStorageFatal: 'Pods with local storage (use --delete-emptydir-data to override)',
  localStorageWarning: 'deleting Pods with local storage',
  unmanagedFatal: 'Pods that declare no controller (use --force to override)',
  unmanagedWarning: 'deleting Pods that declare no controller',
} as const;

type Step = (pod: PodFacts, context: FilterContext) => PodFate | 'next' | { readonly warn: string };

/** In kubectl's order; the first that leaves or refuses decides. Unlike kubectl every warning is kept. */
const STEPS: readonly Step[] = [daemonSet, mirror, localStorage, unmanaged];

/** Decides what draining does with one pod, as `kubectl drain` does. */
export function fateOf(pod: PodFacts, context: FilterContext): PodFate {
  const warnings: string[] = [];
  for (const step of STEPS) {
    const outcome = step(pod, context);
    if (outcome === 'next') continue;
    if ('fate' in outcome) return outcome;
    warnings.push(outcome.warn);
  }
  return { fate: 'evict', warnings };
}

/** Pods of a DaemonSet come back at once, cordon or not: they stay, unless they have ended or their DaemonSet is gone. */
function daemonSet(pod: PodFacts, { flags, daemonSetExists }: FilterContext): ReturnType<Step> {
  if (pod.controller?.kind !== 'DaemonSet' || pod.controller.group !== 'apps' || isFinished(pod)) return 'next';
  if (!daemonSetExists(pod)) {
    return flags.force
      ? { warn: WORDS.daemonSetMissing }
      : { fate: 'refuse', message: `daemonsets.apps "${pod.controller.name}" not found` };
  }
  return flags.ignoreDaemonSets
    ? { fate: 'leave', warnings: [WORDS.daemonSetWarning] }
    : { fate: 'refuse', message: WORDS.daemonSetFatal };
}

/** The API copy of a static pod: deleting it does not stop the pod. */
function mirror(pod: PodFacts): ReturnType<Step> {
  return pod.mirror ? { fate: 'leave', warnings: [] } : 'next';
}

function localStorage(pod: PodFacts, { flags }: FilterContext): ReturnType<Step> {
  if (!pod.emptyDir || isFinished(pod)) return 'next';
  return flags.deleteEmptyDirData
    ? { warn: WORDS.localStorageWarning }
    : { fate: 'refuse', message: WORDS.localStorageFatal };
}

function unmanaged(pod: PodFacts, { flags }: FilterContext): ReturnType<Step> {
  if (pod.controller !== undefined || isFinished(pod)) return 'next';
  return flags.force ? { warn: WORDS.unmanagedWarning } : { fate: 'refuse', message: WORDS.unmanagedFatal };
}
