import { controllerOf } from '../facts/work.ts';
import type { Subject } from './rule.ts';

/**
 * Who the DaemonSet controller is: with credentials per controller, and without (kube-controller-manager
 * --use-service-account-credentials). Whoever else writes the same owner reference is not it.
 */
const DAEMONSET_CONTROLLER = [
  'system:serviceaccount:kube-system:daemon-set-controller',
  'system:kube-controller-manager',
];

/** Whether the DaemonSet controller asks, about a pod of a DaemonSet. */
export function isDaemonSetControllers({ request, object }: Subject): boolean {
  return (
    object.groupKind === '/Pod' &&
    request.subresource === '' &&
    DAEMONSET_CONTROLLER.includes(request.user.name) &&
    controllerOf(object)?.groupKind === 'apps/DaemonSet'
  );
}
