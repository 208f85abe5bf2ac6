import { listAt, textAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import type { User } from '../../control-plane/users.ts';
import { until } from '../../support/until.ts';
import { applyDefinitions, applyObjects, programOf, startNeighbour, type NeighbourProcess } from '../process.ts';

const POOL = 'karpenter.sh/nodepool';
const NODE_CLAIMS = '/apis/karpenter.sh/v1/nodeclaims';

/** Who Karpenter is to the API server: a service account, as in a cluster. */
export const KARPENTER: User = {
  name: 'system:serviceaccount:kube-system:karpenter',
  groups: ['system:serviceaccounts', 'system:masters'],
};

/** Starts Karpenter with its provider of fake machines, whose nodes the KWOK of the control plane plays. */
export async function startKarpenter(plane: ControlPlane): Promise<NeighbourProcess> {
  await applyDefinitions(plane, 'karpenter');
  await applyObjects(plane, {
    apiVersion: 'karpenter.kwok.sh/v1alpha1',
    kind: 'KWOKNodeClass',
    metadata: { name: 'default' },
  });
  return startNeighbour(plane, programOf('karpenter'), {
    as: 'karpenter',
    args: [],
    env: {
      KUBECONFIG: await plane.kubeconfigFor(KARPENTER.name),
      DISABLE_LEADER_ELECTION: 'true',
      METRICS_PORT: '0',
      HEALTH_PROBE_PORT: '0',
    },
  });
}

/** A pool of nodes that Karpenter makes and takes away as it likes, with a Deployment of which each pod wants a node of its own. */
export async function addPool(plane: ControlPlane, name: string, expireAfter: string, replicas: number): Promise<void> {
  await applyObjects(plane, {
    apiVersion: 'karpenter.sh/v1',
    kind: 'NodePool',
    metadata: { name },
    spec: {
      disruption: { consolidationPolicy: 'WhenEmpty', consolidateAfter: '1s', budgets: [{ nodes: '100%' }] },
      template: {
        spec: {
          expireAfter,
          nodeClassRef: { group: 'karpenter.kwok.sh', kind: 'KWOKNodeClass', name: 'default' },
          requirements: [
            { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
            { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
            { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
          ],
        },
      },
    },
  });
  const labels = { app: name };
  await applyObjects(plane, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { [POOL]: name },
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
              ],
            },
          },
          containers: [{ name: 'web', image: 'web', resources: { requests: { cpu: '100m' } } }],
        },
      },
    },
  });
  await until(`${replicas} nodes of the pool ${name} run its pods`, async () => {
    const { body } = await plane.api('GET', `/api/v1/namespaces/default/pods?labelSelector=app=${name}`);
    const running = listAt(body, 'items').filter((pod) => textAt(pod, 'status', 'phase') === 'Running');
    return running.length === replicas;
  });
}

/** Names of the nodes of a pool. */
export async function nodesOf(plane: ControlPlane, pool: string): Promise<readonly string[]> {
  const { body } = await plane.api('GET', `/api/v1/nodes?labelSelector=${POOL}=${pool}`);
  return listAt(body, 'items').map((node) => textAt(node, 'metadata', 'name') ?? '');
}

/** The NodeClaim behind a node; undefined where there is none. */
export async function claimOf(plane: ControlPlane, node: string): Promise<unknown> {
  const { body } = await plane.api('GET', NODE_CLAIMS);
  return listAt(body, 'items').find((claim) => textAt(claim, 'status', 'nodeName') === node);
}
