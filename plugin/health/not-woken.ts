import type { DaemonSetFacts } from '../../shared/index.ts';

/**
 * How long a rollout that waits for a node is given until it is told to go on, in ms: the cluster's controller looks at it
 * within a second of the return, and once in 90 s at the latest, and another one takes over within 20 s.
 */
const WOKEN_WITHIN_MS = 120_000;

/** What to tell of a DaemonSet that is behind on a node that comes back and that nobody wakes; undefined where somebody does, or may still. */
export function notWoken(
  { namespace, name, wokenAt = -Infinity }: DaemonSetFacts,
  { since, now }: { readonly since: number; readonly now: number },
): string | undefined {
  if (now - Math.max(since, wokenAt) < WOKEN_WITHIN_MS) return undefined;
  return (
    `DaemonSet ${namespace}/${name} was not told to go on: is kubectl-maint-controller running (kubectl maint doctor)? ` +
    'By itself it goes on within 17 minutes of its last try; to have it at once, change anything of it: ' +
    `kubectl annotate daemonset ${name} -n ${namespace} --overwrite kubectl-maint.io/woken="$(date)"`
  );
}
