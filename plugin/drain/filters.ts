import { isAlive, isFinished, type PodFacts } from '../../shared/index.ts';
import type { ActiveWork, DrainFlags } from './options.ts';

/**
 * What draining does with a pod. `leave` stays by design, `wait` is evicted when it has ended by itself, or (`inside`) what
 * runs in it has; `refuse` stops the whole drain before it begins.
 */
export type PodFate =
  | { readonly fate: 'evict'; readonly warnings: readonly string[] }
  | { readonly fate: 'leave'; readonly why: string; readonly warnings: readonly string[] }
  | { readonly fate: 'wait'; readonly why: string; readonly inside: boolean; readonly warnings: readonly string[] }
  | { readonly fate: 'refuse'; readonly message: string };

/** What a fate depends on besides the pod. */
export interface FilterContext {
  readonly flags: DrainFlags;
  readonly activeWork: ActiveWork;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether the DaemonSet that controls a pod still exists. */
  readonly daemonSetExists: (pod: PodFacts) => boolean;
  /** The backup or scan that a pod is part of, as the policy classifies it, for example `a Velero backup`. */
  readonly activeWorkOf: (pod: PodFacts) => string | undefined;
  /** The backup or restore that runs inside a pod of something else. */
  readonly insideOf: (pod: PodFacts) => string | undefined;
}

/** kubectl's own words (kubectl pkg/drain/filters.go), so that people and scripts find them; those for our own steps. */
export const WORDS = {
  daemonSetFatal: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
  daemonSetWarning: 'ignoring DaemonSet-managed Pods',
  daemonSetMissing: 'deleting Pods whose DaemonSet does not exist',
  localStorageFatal: 'Pods with local storage (use --delete-emptydir-data to override)',
  localStorageWarning: 'deleting Pods with local storage',
  unmanagedFatal: 'Pods that declare no controller (use --force to override)',
  unmanagedWarning: 'deleting Pods that declare no controller',
  activeWorkFatal: 'Pods that run backups or scans (use --active-work=wait to let them end)',
} as const;

/** Label by which a pod's owner says how it is drained (Cluster API, "MachineDrainRules"): `skip`, `wait-completed`. */
export const DRAIN_LABEL = 'cluster.x-k8s.io/drain';

type Step = (pod: PodFacts, context: FilterContext) => PodFate | 'next' | { readonly warn: string };

/**
 * In kubectl's order, ours before its questions about data: the first that leaves, waits or refuses decides. What runs inside
 * a pod comes last: that pod does not end, and is evicted with everything that was asked about it.
 */
const STEPS: readonly Step[] = [
  longDeleted,
  daemonSet,
  mirror,
  skipLabel,
  waitLabel,
  activeWork,
  localStorage,
  unmanaged,
  workInside,
];

/** Decides what draining does with one pod, as `kubectl drain` does. Unlike kubectl every warning is kept. */
export function fateOf(pod: PodFacts, context: FilterContext): PodFate {
  const warnings: string[] = [];
  for (const step of STEPS) {
    const outcome = step(pod, context);
    if (outcome === 'next') continue;
    if ('fate' in outcome) return outcome.fate === 'wait' ? { ...outcome, warnings } : outcome;
    warnings.push(outcome.warn);
  }
  return { fate: 'evict', warnings };
}

function longDeleted({ deletedAt }: PodFacts, { flags, now }: FilterContext): ReturnType<Step> {
  const seconds = flags.skipWaitForDeleteSeconds;
  if (seconds === 0 || deletedAt === undefined || now - deletedAt <= seconds * 1000) return 'next';
  return { fate: 'leave', why: `its deletion was asked for more than ${seconds}s ago`, warnings: [] };
}

/** Pods of a DaemonSet come back at once, cordon or not: they stay, unless they have ended or their DaemonSet is gone. */
function daemonSet(pod: PodFacts, { flags, daemonSetExists }: FilterContext): ReturnType<Step> {
  if (pod.controller?.groupKind !== 'apps/DaemonSet' || isFinished(pod)) return 'next';
  if (!daemonSetExists(pod)) {
    return flags.force
      ? { warn: WORDS.daemonSetMissing }
      : { fate: 'refuse', message: `daemonsets.apps "${pod.controller.name}" not found` };
  }
  return flags.ignoreDaemonSets
    ? { fate: 'leave', why: 'managed by a DaemonSet', warnings: [WORDS.daemonSetWarning] }
    : { fate: 'refuse', message: WORDS.daemonSetFatal };
}

/** The API copy of a static pod: deleting it does not stop the pod. */
function mirror(pod: PodFacts): ReturnType<Step> {
  return pod.mirror ? { fate: 'leave', why: 'a static pod', warnings: [] } : 'next';
}

function skipLabel({ labels }: PodFacts): ReturnType<Step> {
  if (labels.get(DRAIN_LABEL)?.toLowerCase() !== 'skip') return 'next';
  return { fate: 'leave', why: `labelled ${DRAIN_LABEL}: skip`, warnings: [] };
}

function waitLabel(pod: PodFacts): ReturnType<Step> {
  if (isFinished(pod) || pod.labels.get(DRAIN_LABEL)?.toLowerCase() !== 'wait-completed') return 'next';
  return waitFor(`labelled ${DRAIN_LABEL}: wait-completed`);
}

/** What runs is not broken off: a backup that is interrupted is a backup that is missing. What never began misses nothing. */
function activeWork(pod: PodFacts, { activeWork: asked, activeWorkOf }: FilterContext): ReturnType<Step> {
  const isOver = isFinished(pod) || pod.deletedAt !== undefined;
  const work = asked === 'evict' || isOver || !pod.started ? undefined : activeWorkOf(pod);
  if (work === undefined) return 'next';
  return asked === 'wait' ? waitFor(`${work} is running`) : { fate: 'refuse', message: WORDS.activeWorkFatal };
}

/** Of a pod that goes already it is broken off anyway. */
function workInside(pod: PodFacts, { activeWork: asked, insideOf }: FilterContext): ReturnType<Step> {
  const work = asked === 'evict' || !isAlive(pod) ? undefined : insideOf(pod);
  if (work === undefined) return 'next';
  return asked === 'wait'
    ? waitFor(`${work} is running in it`, true)
    : { fate: 'refuse', message: WORDS.activeWorkFatal };
}

function waitFor(why: string, inside = false): PodFate {
  return { fate: 'wait', why, inside, warnings: [] };
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
