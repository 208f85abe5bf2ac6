import { connectCluster, connectInCluster, type Cluster } from '../shared/index.ts';

/** Which cluster to serve. */
export interface ClusterChoice {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

/** How a cluster is reached; tests hand in their own. */
export type Connect = (choice: ClusterChoice, env: Environment) => Promise<Cluster>;

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** For one request with its answer, in ms: reads for a decision end earlier, with the decision's time. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The cluster that flags or KUBECONFIG name; without them the one this pod runs in; outside a pod kubectl's. */
export const connect: Connect = (choice, env) => {
  const common = { env, userAgent: 'maint-webhook', requestTimeoutMs: REQUEST_TIMEOUT_MS };
  const named = [choice.kubeconfig, choice.context, env['KUBECONFIG']].some(
    (name) => name !== undefined && name !== '',
  );
  const inPod = env['KUBERNETES_SERVICE_HOST'] !== undefined;
  return inPod && !named ? connectInCluster(common) : connectCluster({ ...common, ...choice });
};
