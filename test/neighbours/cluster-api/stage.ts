import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listAt, textAt } from '../../../shared/index.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { steadyPorts } from '../../control-plane/ports.ts';
import type { User } from '../../control-plane/users.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { until } from '../../support/until.ts';
import { applyDefinitions, applyObjects, programOf, startNeighbour, type NeighbourProcess } from '../process.ts';

const CLUSTER = 'shop';
const LABELS = { 'cluster.x-k8s.io/cluster-name': CLUSTER };
const GROUP = 'infrastructure.example.com';
const IN_DEFAULT = 'namespaces/default';
export const MACHINES = `/apis/cluster.x-k8s.io/v1beta2/${IN_DEFAULT}/machines`;
const CLUSTERS = `/apis/cluster.x-k8s.io/v1beta2/${IN_DEFAULT}/clusters`;
const infrastructure = (plural: string): string => `/apis/${GROUP}/v1alpha1/${IN_DEFAULT}/${plural}`;

/** Who Cluster API is to the API server: a service account, as in a cluster. */
export const CLUSTER_API: User = {
  name: 'system:serviceaccount:capi-system:capi-manager',
  groups: ['system:serviceaccounts', 'system:masters'],
};

/** Starts Cluster API's core controllers beside a control plane that is management cluster and cluster in one. */
export async function startClusterApi(plane: ControlPlane): Promise<NeighbourProcess> {
  await applyDefinitions(plane, 'cluster-api');
  await applyObjects(plane, ...['Machine', 'MachineTemplate', 'Cluster'].map(definitionOf));
  await plane.kubectl(['wait', '--for=condition=Established', 'customresourcedefinitions', '--all', '--timeout=60s']);
  const certificates = join(plane.folder, 'cluster-api-certificates');
  await mkdir(certificates);
  const { cert, key } = selfSigned();
  await writeFile(join(certificates, 'tls.crt'), cert);
  await writeFile(join(certificates, 'tls.key'), key);
  const [port = 0] = await steadyPorts(1);
  return startNeighbour(plane, programOf('cluster-api'), {
    as: 'cluster-api',
    args: [
      `--webhook-cert-dir=${certificates}`,
      `--webhook-port=${port}`,
      '--health-addr=127.0.0.1:0',
      '--diagnostics-address=127.0.0.1:0',
      '--insecure-diagnostics',
      // No definition here has an older version of its kind to bring forward.
      '--skip-crd-migration-phases=StorageVersionMigration,CleanupManagedFields',
    ],
    env: { KUBECONFIG: await plane.kubeconfigFor(CLUSTER_API.name) },
  });
}

/** A kind of an infrastructure provider that makes machines by hand: by these labels Cluster API finds its version. */
function definitionOf(name: string): object {
  const kind = `Hand${name}`;
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}`, labels: { 'cluster.x-k8s.io/v1beta2': 'v1alpha1' } },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { kind, plural },
      versions: [
        {
          name: 'v1alpha1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
}

/** A cluster whose machines are the nodes of the control plane, in a set of machines. */
export async function makeCluster(plane: ControlPlane, nodes: readonly string[]): Promise<void> {
  const { hostname, port } = new URL(plane.server);
  const kubeconfig = await readFile(plane.kubeconfig, 'utf8');
  const infrastructureRef = (kind: string) => ({ apiGroup: GROUP, kind, name: CLUSTER });
  const machineLabels = { ...LABELS, set: 'workers' };
  await applyObjects(
    plane,
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${CLUSTER}-kubeconfig`, namespace: 'default', labels: LABELS },
      type: 'cluster.x-k8s.io/secret',
      stringData: { value: kubeconfig },
    },
    {
      apiVersion: `${GROUP}/v1alpha1`,
      kind: 'HandCluster',
      metadata: { name: CLUSTER, namespace: 'default' },
      spec: { controlPlaneEndpoint: { host: hostname, port: Number(port) } },
      status: { initialization: { provisioned: true } },
    },
    {
      apiVersion: `${GROUP}/v1alpha1`,
      kind: 'HandMachineTemplate',
      metadata: { name: CLUSTER, namespace: 'default' },
      spec: { template: { spec: {} } },
    },
    {
      apiVersion: 'cluster.x-k8s.io/v1beta2',
      kind: 'Cluster',
      metadata: { name: CLUSTER, namespace: 'default' },
      spec: { infrastructureRef: infrastructureRef('HandCluster') },
    },
  );
  const now = new Date().toISOString();
  const isThere = {
    type: 'ControlPlaneInitialized',
    status: 'True',
    reason: 'ByHand',
    message: '',
    lastTransitionTime: now,
  };
  await patch(plane, `${CLUSTERS}/${CLUSTER}/status`, {
    status: { initialization: { controlPlaneInitialized: true }, conditions: [isThere] },
  });
  await applyObjects(plane, {
    apiVersion: 'cluster.x-k8s.io/v1beta2',
    kind: 'MachineSet',
    metadata: { name: 'workers', namespace: 'default', labels: LABELS },
    spec: {
      clusterName: CLUSTER,
      replicas: nodes.length,
      selector: { matchLabels: machineLabels },
      template: {
        metadata: { labels: machineLabels },
        spec: {
          clusterName: CLUSTER,
          bootstrap: { dataSecretName: 'none' },
          infrastructureRef: infrastructureRef('HandMachineTemplate'),
        },
      },
    },
  });
  for (const node of nodes) await beMachine(plane, node);
}

/** What an infrastructure provider does for a machine: the node of that name becomes one that is none yet. */
async function beMachine(plane: ControlPlane, node: string): Promise<void> {
  let name: string | undefined;
  await until(`there is a machine for ${node} to be`, async () => {
    const { body } = await plane.api('GET', infrastructure('handmachines'));
    const free = listAt(body, 'items').find((machine) => textAt(machine, 'spec', 'providerID') === undefined);
    name = textAt(free, 'metadata', 'name');
    return name !== undefined;
  });
  const providerID = `hand:///${node}`;
  await patch(plane, `/api/v1/nodes/${node}`, { spec: { providerID } });
  await patch(plane, `${infrastructure('handmachines')}/${name}`, {
    spec: { providerID },
    status: { initialization: { provisioned: true } },
  });
  await until(`the Machine behind ${node} says so`, async () => (await machineOf(plane, node)) !== undefined);
}

/** A health check that replaces machines whose node has not been Ready for a second. */
export async function checkHealth(plane: ControlPlane): Promise<void> {
  await applyObjects(plane, {
    apiVersion: 'cluster.x-k8s.io/v1beta2',
    kind: 'MachineHealthCheck',
    metadata: { name: 'workers', namespace: 'default', labels: LABELS },
    spec: {
      clusterName: CLUSTER,
      selector: { matchLabels: { set: 'workers' } },
      checks: {
        nodeStartupTimeoutSeconds: 0,
        unhealthyNodeConditions: ['False', 'Unknown'].map((status) => ({ type: 'Ready', status, timeoutSeconds: 1 })),
      },
      remediation: { triggerIf: { unhealthyLessThanOrEqualTo: '100%' } },
    },
  });
}

/** The Machine behind a node. */
export async function machineOf(plane: ControlPlane, node: string): Promise<unknown> {
  const { body } = await plane.api('GET', MACHINES);
  return listAt(body, 'items').find((machine) => textAt(machine, 'status', 'nodeRef', 'name') === node);
}

async function patch(plane: ControlPlane, path: string, change: object): Promise<void> {
  const { status, body } = await plane.api('PATCH', path, change);
  if (status !== 200) throw new Error(`PATCH ${path}: ${status} ${JSON.stringify(body)}`);
}
