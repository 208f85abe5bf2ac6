import { daemonSetStatusPath, WOKEN_CONDITION, type ApiRequest, FIELD_MANAGER } from '../../../shared/index.ts';

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
    query: { fieldManager: FIELD_MANAGER },
    contentType: 'application/strategic-merge-patch+json',
    body: { status: { conditions: [woken] } },
  };
}
