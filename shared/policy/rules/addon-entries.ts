import { controllerUsersOf } from '../../facts/controllers.ts';
import { KUBERNETES } from '../../kinds.ts';
import type { AskedEntry } from '../entry.ts';

/** Whether the DaemonSet controller asks. */
const CONTROLLERS = `request.userInfo.username in [${controllerUsersOf('apps/DaemonSet')
  .map((name) => `'${name}'`)
  .join(', ')}]`;

/** Whether the pod (`object`, or `oldObject` of a DELETE) belongs to a DaemonSet. */
const OF_DAEMONSET =
  "(request.operation == 'DELETE' ? oldObject : object).metadata.?ownerReferences.orValue([])" +
  ".exists(o, o.kind == 'DaemonSet' && o.apiVersion.startsWith('apps/') && o.?controller.orValue(false))";

/** Whether the DaemonSet controller asks about a pod of a DaemonSet. */
export const ROLLOUT_POD = `${CONTROLLERS} && ${OF_DAEMONSET}`;

/** Pods that the DaemonSet controller makes or deletes: what a rollout does, and the hold rule judges. */
export const ROLLOUT_ENTRY: AskedEntry = {
  name: 'rollout',
  kinds: [{ kind: KUBERNETES.Pod, operations: ['CREATE', 'DELETE'] }],
  conditions: [
    { name: 'daemonset-controller', expression: CONTROLLERS },
    { name: 'daemonset-pod', expression: OF_DAEMONSET },
    {
      name: 'living',
      expression:
        "request.operation == 'CREATE' || (!has(oldObject.metadata.deletionTimestamp) && " +
        "!(oldObject.?status.?phase.orValue('') in ['Failed', 'Succeeded']))",
    },
  ],
};

/** Kinds whose template change rolls out to running pods. Jobs cannot change theirs. */
export const ROLLING = [
  KUBERNETES.DaemonSet,
  KUBERNETES.Deployment,
  KUBERNETES.ReplicaSet,
  KUBERNETES.StatefulSet,
] as const;

/** Workloads whose pod template changes: not their scale, status or metadata. */
export const TEMPLATE_ENTRY: AskedEntry = {
  name: 'addon',
  kinds: ROLLING.map((kind) => ({ kind, operations: ['UPDATE'] })),
  conditions: [
    {
      name: 'template',
      expression: '!has(object.metadata.deletionTimestamp) && object.?spec.?template != oldObject.?spec.?template',
    },
  ],
};
