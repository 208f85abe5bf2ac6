import {
  BUILT_IN_POLICY,
  ClusterRefusal,
  listAt,
  objectPath,
  renderProblem,
  textAt,
  type Cluster,
  type PolicyConfig,
} from '../../shared/index.ts';
import { policyFromText } from '../check/policy.ts';

/** What configuration the replicas read, as far as it can be seen. */
export type PolicyReading =
  | { readonly from: 'cluster'; readonly namespace: string; readonly config: PolicyConfig }
  /** Nothing is configured where the webhook runs; or it runs elsewhere. */
  | { readonly from: 'nowhere' }
  | { readonly from: 'invalid'; readonly namespace: string; readonly problems: readonly string[] }
  | { readonly from: 'unreadable'; readonly why: string };

/** Name of the chart's ConfigMap, and its key. */
const NAME = 'kubectl-maint-policy';
const KEY = 'policy.yaml';

/** Reads the configuration beside the webhook. A missing right is no error: then the defaults are taken, and it is said. */
export async function readPolicy(registration: unknown, cluster: Pick<Cluster, 'get'>): Promise<PolicyReading> {
  const namespace = serviceNamespace(registration);
  if (namespace === undefined) return { from: 'nowhere' };
  try {
    const text = textAt(await cluster.get(objectPath('v1/configmaps', namespace, NAME)), 'data', KEY);
    if (text === undefined) return { from: 'nowhere' };
    const policy = policyFromText(text);
    return policy.ok
      ? { from: 'cluster', namespace, config: policy.value.config }
      : { from: 'invalid', namespace, problems: policy.problems.map(renderProblem) };
  } catch (thrown) {
    if (thrown instanceof ClusterRefusal && thrown.status === 403) return { from: 'unreadable', why: thrown.message };
    throw thrown;
  }
}

/** What the checks go by. */
export function configOf(reading: PolicyReading): PolicyConfig {
  return reading.from === 'cluster' ? reading.config : BUILT_IN_POLICY.config;
}

/** Where the webhook runs; undefined where it is no Service. */
export function serviceNamespace(registration: unknown): string | undefined {
  const [entry] = listAt(registration, 'webhooks');
  return textAt(entry, 'clientConfig', 'service', 'namespace');
}
