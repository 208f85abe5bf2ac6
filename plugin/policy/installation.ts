import { listAt, objectPath, podsPath, readAll, textAt, type Cluster } from '../../shared/index.ts';
import { serviceNamespace } from './registration.ts';

/** Where the webhook runs, as its configuration tells; `nowhere` without one. */
export type Installation =
  | { readonly by: 'nowhere' }
  | { readonly by: 'url'; readonly url: string }
  | {
      readonly by: 'service';
      readonly namespace: string;
      /** The chart's Deployment of the webhook; undefined where there is none. */
      readonly deployment: unknown;
      /** The webhook's pods. */
      readonly pods: readonly unknown[];
      /** The controller's pods. */
      readonly controllers: readonly unknown[];
    };

/** The name that everything of the chart has, and the label by which it is found. */
export const CHART_NAME = 'kubectl-maint';
const NAME_LABEL = 'app.kubernetes.io/name';
export const CHART_LABEL = `${NAME_LABEL}=${CHART_NAME}`;

/** Name of the controller's Lease, of the Deployment that takes turns by it, and of their service account. */
export const CONTROLLER_NAME = `${CHART_NAME}-controller`;

/** Shows what the controller says, wherever it runs. */
export const CONTROLLER_LOGS = `kubectl logs --all-namespaces -l ${NAME_LABEL}=${CONTROLLER_NAME}`;

/** Reads what runs where the registration points to. Throws what the cluster's port throws. */
export async function readInstallation(
  registration: unknown,
  cluster: Pick<Cluster, 'get' | 'pages'>,
): Promise<Installation> {
  const [entry] = listAt(registration, 'webhooks');
  const url = textAt(entry, 'clientConfig', 'url');
  if (url !== undefined) return { by: 'url', url };
  const namespace = serviceNamespace(registration);
  if (namespace === undefined) return { by: 'nowhere' };
  const [deployment, all] = await Promise.all([
    cluster.get(objectPath('apps/v1/deployments', namespace, CHART_NAME)),
    readPods(namespace, cluster),
  ]);
  const named = (name: string) => all.filter((pod) => textAt(pod, 'metadata', 'labels', NAME_LABEL) === name);
  return { by: 'service', namespace, deployment, pods: named(CHART_NAME), controllers: named(CONTROLLER_NAME) };
}

/** Those of the webhook and of the controller. */
function readPods(namespace: string, cluster: Pick<Cluster, 'pages'>): Promise<readonly unknown[]> {
  const labelSelector = `${NAME_LABEL} in (${CHART_NAME},${CONTROLLER_NAME})`;
  return readAll(cluster, { path: podsPath(namespace), query: { labelSelector } }, (pod) => pod);
}
