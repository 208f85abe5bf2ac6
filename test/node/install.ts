import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { listAt, textAt } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/control-plane.ts';
import { runProgram } from '../support/plugin-run.ts';
import { until } from '../support/until.ts';

export const NAMESPACE = 'maint-system';
const NAME = 'kubectl-maint';
const LABELS = { 'app.kubernetes.io/name': NAME };
/** In memory: a replica may write nowhere else, and a volume would make a drain ask about its data. */
const CA_FILE = '/dev/shm/ca.pem';

/** A webhook that runs in the cluster. */
export interface Installation {
  /** Where its ready replicas are. */
  nodes(): Promise<readonly string[]>;
  /** Waits until the API server can ask it, also after its replica has moved. */
  settled(): Promise<void>;
}

/**
 * Installs the webhook by plain manifests: one replica, which makes an authority of its own whenever it starts, so that it
 * has to be registered anew each time.
 */
export async function installWebhook(plane: ControlPlane, image: string): Promise<Installation> {
  const applied = await plane.kubectl(['apply', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects(image) }),
  });
  if (applied.code !== 0) throw new Error(applied.stderr);
  const settled = async () => {
    await until('a replica is ready', async () => (await readyReplicas(plane)).length === 1);
    const [replica] = await readyReplicas(plane);
    if (replica === undefined) throw new Error('no replica');
    await register(plane, replica.name);
  };
  await settled();
  return { settled, nodes: async () => (await readyReplicas(plane)).map(({ node }) => node) };
}

async function readyReplicas(
  plane: ControlPlane,
): Promise<readonly { readonly name: string; readonly node: string }[]> {
  const { body } = await plane.api('GET', `/api/v1/namespaces/${NAMESPACE}/pods`);
  return listAt(body, 'items')
    .filter(
      (pod) =>
        textAt(pod, 'metadata', 'deletionTimestamp') === undefined &&
        listAt(pod, 'status', 'conditions').some(
          (one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True',
        ),
    )
    .map((pod) => ({ name: textAt(pod, 'metadata', 'name') ?? '', node: textAt(pod, 'spec', 'nodeName') ?? '' }));
}

async function register(plane: ControlPlane, replica: string): Promise<void> {
  const read = `process.stdout.write(require('node:fs').readFileSync('${CA_FILE}'))`;
  const ca = await plane.kubectl(['exec', '-n', NAMESPACE, replica, '--', '/bin/node', '-e', read]);
  if (ca.code !== 0) throw new Error(ca.stderr);
  const folder = await mkdtemp(join(tmpdir(), 'maint-ca-'));
  try {
    await writeFile(join(folder, 'ca.pem'), ca.stdout);
    const service = `--service=${NAMESPACE}/${NAME}`;
    const bin = resolve('dist/maint-webhook.cjs');
    const printed = await runProgram(
      process.execPath,
      [bin, 'configuration', service, `--ca-file=${join(folder, 'ca.pem')}`],
      process.env,
    );
    const applied = await plane.kubectl(['apply', '-f', '-'], { input: printed.stdout });
    if (applied.code !== 0) throw new Error(`${printed.stderr}${applied.stderr}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const objects = (image: string): readonly object[] => [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: NAMESPACE } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: NAME },
    rules: [
      { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['get'] },
      { apiGroups: ['apps'], resources: ['daemonsets/status'], verbs: ['patch'] },
      { apiGroups: ['apps'], resources: ['controllerrevisions'], verbs: ['list'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: NAME },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: NAME },
    subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: NAME, namespace: NAMESPACE },
    spec: { selector: LABELS, ports: [{ port: 443, targetPort: 'https' }] },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: NAMESPACE },
    spec: {
      replicas: 1,
      selector: { matchLabels: LABELS },
      template: { metadata: { labels: LABELS }, spec: podSpec(image) },
    },
  },
];

function podSpec(image: string): object {
  return {
    serviceAccountName: NAME,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    terminationGracePeriodSeconds: 20,
    containers: [
      {
        name: 'webhook',
        image,
        imagePullPolicy: 'Never',
        args: ['serve', `--dns-name=${NAME}.${NAMESPACE}.svc`, `--ca-out=${CA_FILE}`, '--drain-seconds=5'],
        ports: [
          { name: 'https', containerPort: 9443 },
          { name: 'health', containerPort: 9440 },
        ],
        readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 1 },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  };
}
