/** Paths of the Kubernetes API. Names are escaped here and nowhere else. */

const seg = encodeURIComponent;

export const NODES = '/api/v1/nodes';
export const PODS = '/api/v1/pods';
export const BUDGETS = '/apis/policy/v1/poddisruptionbudgets';
export const WEBHOOK_CONFIGURATIONS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
export const POLICY_BINDINGS = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
export const VOLUME_ATTACHMENTS = '/apis/storage.k8s.io/v1/volumeattachments';

/** Registers of nodes in maintenance, of which there is one. */
export const REGISTERS = '/apis/kubectl-maint.io/v1alpha1/maintenanceregisters';

/** One register. */
export function registerPath(name: string): string {
  return `${REGISTERS}/${seg(name)}`;
}

/** One Node. */
export function nodePath(name: string): string {
  return `${NODES}/${seg(name)}`;
}

/** The status subresource of one Node (conditions). */
export function nodeStatusPath(name: string): string {
  return `${nodePath(name)}/status`;
}

/** One Pod. */
export function podPath(namespace: string, name: string): string {
  return `/api/v1/namespaces/${seg(namespace)}/pods/${seg(name)}`;
}

/** The log of one Pod. */
export function podLogPath(namespace: string, name: string): string {
  return `${podPath(namespace, name)}/log`;
}

/** A ValidatingWebhookConfiguration. */
export function webhookConfigurationPath(name: string): string {
  return `${WEBHOOK_CONFIGURATIONS}/${seg(name)}`;
}

/** The Eviction subresource of one Pod (policy/v1). */
export function evictionPath(namespace: string, name: string): string {
  return `${podPath(namespace, name)}/eviction`;
}

/** The Pods of a namespace; an empty one stands for all of them. */
export function podsPath(namespace: string): string {
  return namespace === '' ? PODS : `/api/v1/namespaces/${seg(namespace)}/pods`;
}

/**
 * One object of any resource, given as `group/version/resource` or, of the core group, `version/resource`; an empty
 * namespace stands for an object of the cluster.
 */
export function objectPath(resource: string, namespace: string, name: string): string {
  return `${collectionPath(resource, namespace)}/${seg(name)}`;
}

/** All objects of a resource in a namespace, given as for objectPath. */
export function collectionPath(resource: string, namespace: string): string {
  const parts = resource.split('/').map(seg);
  const plural = parts.pop() ?? '';
  const root = parts.length > 1 ? '/apis' : '/api';
  const within = namespace === '' ? [] : ['namespaces', seg(namespace)];
  return [root, ...parts, ...within, plural].join('/');
}

/** The DaemonSets of all namespaces. */
export const DAEMONSETS = '/apis/apps/v1/daemonsets';

/** One DaemonSet. */
export function daemonSetPath(namespace: string, name: string): string {
  return `/apis/apps/v1/namespaces/${seg(namespace)}/daemonsets/${seg(name)}`;
}

/** The status subresource of one DaemonSet. */
export function daemonSetStatusPath(namespace: string, name: string): string {
  return `${daemonSetPath(namespace, name)}/status`;
}

/** One CronJob. */
export function cronJobPath(namespace: string, name: string): string {
  return `/apis/batch/v1/namespaces/${seg(namespace)}/cronjobs/${seg(name)}`;
}

/** The status subresource of one CronJob. */
export function cronJobStatusPath(namespace: string, name: string): string {
  return `${cronJobPath(namespace, name)}/status`;
}

/** ControllerRevisions of a namespace. */
export function controllerRevisionsPath(namespace: string): string {
  return `/apis/apps/v1/namespaces/${seg(namespace)}/controllerrevisions`;
}

/** Events (core/v1) of all namespaces. */
export const EVENTS = '/api/v1/events';

/** Events (core/v1) of a namespace. */
export function eventsPath(namespace: string): string {
  return `/api/v1/namespaces/${seg(namespace)}/events`;
}

/** One Event (core/v1). */
export function eventPath(namespace: string, name: string): string {
  return `${eventsPath(namespace)}/${seg(name)}`;
}

/** The kubelet's heartbeat of one Node. */
export function leasePath(node: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${seg(node)}`;
}
