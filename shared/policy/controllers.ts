import { workloadKindOf } from '../facts/controllers.ts';
import type { Subject } from './rule.ts';

/** Whether the DaemonSet controller asks, about a pod of a DaemonSet. Whoever else writes the same owner is not it. */
export function isDaemonSetControllers({ request, object }: Subject): boolean {
  return request.subresource === '' && workloadKindOf(object, request.user.name) === 'apps/DaemonSet';
}
