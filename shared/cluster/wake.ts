import { WOKEN_CONDITION } from '../labels.ts';
import { cronJobStatusPath, daemonSetStatusPath } from './paths.ts';
import type { ApiRequest } from './ports.ts';

/** Why a DaemonSet controller is woken: a rollout is held on some nodes and goes on elsewhere, or a node comes back. */
export interface Waking {
  readonly reason: 'RolloutHeld' | 'NodeReturns';
  /** For people who read the condition. */
  readonly message: string;
  /** RFC 3339. The API server keeps whole seconds, and a write that changes nothing wakes nobody. */
  readonly now: string;
}

/**
 * The request that makes the DaemonSet controller look at once, where by itself it comes back later and later after a
 * refusal (doubled up to 1000 s): any change of the DaemonSet does (k8s pkg/controller/daemon updateDaemonset). Written
 * through the status subresource, which can change no pod template: the right to do so is no right to run anything,
 * and what deploys the DaemonSet sees no difference.
 */
export function wakeRequest(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { reason, message, now }: Waking,
): ApiRequest {
  const woken = { type: WOKEN_CONDITION, status: 'True', reason, message, lastTransitionTime: now };
  return {
    method: 'PATCH',
    path: daemonSetStatusPath(namespace, name),
    query: { fieldManager: 'kubectl-maint' },
    contentType: 'application/strategic-merge-patch+json',
    body: { status: { conditions: [woken] } },
  };
}

/** Annotation on a CronJob that says when its controller was woken last (RFC 3339); writing it is what wakes. */
export const WOKEN_ANNOTATION = 'kubectl-maint.io/woken';

/**
 * The request that makes the CronJob controller look at once, where by itself it comes back later and later after a
 * refusal: any change of the CronJob does (k8s pkg/controller/cronjob updateCronJob), and it then makes the Job of the
 * latest time that it has missed. Written through the status subresource, which keeps the spec as it is.
 */
export function wakeCronJobRequest(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  now: string,
): ApiRequest {
  return {
    method: 'PATCH',
    path: cronJobStatusPath(namespace, name),
    query: { fieldManager: 'kubectl-maint' },
    contentType: 'application/merge-patch+json',
    body: { metadata: { annotations: { [WOKEN_ANNOTATION]: now } } },
  };
}
