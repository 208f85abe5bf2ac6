import { controllerOf, type WorkObject } from './work.ts';

/**
 * The service account with which the controller of each kind of workload makes its pods (k8s
 * plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go).
 */
const SERVICE_ACCOUNTS: ReadonlyMap<string, string> = new Map([
  ['/ReplicationController', 'replication-controller'],
  ['apps/DaemonSet', 'daemon-set-controller'],
  ['apps/ReplicaSet', 'replicaset-controller'],
  ['apps/StatefulSet', 'statefulset-controller'],
]);

/** All controllers at once, where kube-controller-manager runs without --use-service-account-credentials. */
const CONTROLLER_MANAGER = 'system:kube-controller-manager';

/** Names of the users that make the pods of a kind of workload (`apps/DaemonSet`); nobody for other kinds. */
export function controllerUsersOf(groupKind: string): readonly string[] {
  const account = SERVICE_ACCOUNTS.get(groupKind);
  return account === undefined ? [] : [`system:serviceaccount:kube-system:${account}`, CONTROLLER_MANAGER];
}

/**
 * The kind of workload that keeps a pod up, as `group/Kind`; undefined where none does. An owner reference is written by
 * whoever writes the pod, with the uid of any workload that exists: it counts only where that workload's own controller
 * writes it, which takes it from the workload that it has just read, and where the API server knows it by its name.
 */
export function workloadKindOf(object: WorkObject, user: string): string | undefined {
  if (object.groupKind !== '/Pod') return undefined;
  const kind = controllerOf(object)?.groupKind ?? '';
  return controllerUsersOf(kind).includes(user) ? kind : undefined;
}

/**
 * Who has made a pod that runs, by what its owner reference says: for looking at what runs already, where nobody is
 * asked to let anything pass. Empty where no workload keeps it up.
 */
export function supposedControllerUser(object: WorkObject): string {
  return controllerUsersOf(controllerOf(object)?.groupKind ?? '')[0] ?? '';
}
