/** Webhook and controller with nothing but what the chart gives them: the tokens of their service accounts. Each does its part, and can do nothing else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  at,
  connectCluster,
  listAt,
  numberAt,
  RECORD_ANNOTATION,
  REGISTER_NAME,
  registerPath,
  REGISTERS,
  STATE_LABEL,
  textAt,
  type ApiAnswer,
} from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { untilChartMay } from '../../support/access.ts';
import { auditLog, type AuditLog } from '../../support/audit-log.ts';
import { CHART, helmFor, type Helm } from '../../support/helm.ts';
import {
  CA_SECRET_PATH,
  DIALS_ENDPOINTS,
  entryNames,
  untilAskedBy,
  LEASE_PATH,
  NAMESPACE,
  REGISTRATION_PATH,
  startController,
  startReplica,
  TLS_SECRET_PATH,
  type Controller,
  type Replica,
} from '../../support/replicas.ts';
import { kubeconfigOf } from '../../support/service-account.ts';
import { until } from '../../support/until.ts';

const WEBHOOK = `system:serviceaccount:${NAMESPACE}:kubectl-maint`;
const CONTROLLER = `${WEBHOOK}-controller`;

/** Nobody runs the pods of hooks here. */
const IN_NAMESPACE = ['--namespace', NAMESPACE, '--no-hooks'];

let log: AuditLog;
let plane: ControlPlane;
let helm: Helm;
let controller: Controller;
let replica: Replica;
/** Kubeconfigs with the tokens of the two. */
let webhookKubeconfig = '';
let controllerKubeconfig = '';

beforeAll(async () => {
  log = await auditLog([WEBHOOK, CONTROLLER]);
  plane = await startControlPlane({
    nodes: 2,
    // The Deployments' own pods stay Pending: those of this process are the only ones.
    kwok: false,
    apiServerArgs: [...DIALS_ENDPOINTS, ...log.apiServerArgs],
  });
  helm = await helmFor(plane.kubeconfig);
  const installed = await helm.run('install', 'guard', CHART, ...IN_NAMESPACE, '--create-namespace');
  expect(installed.code, installed.stderr).toBe(0);
  await untilChartMay(plane, NAMESPACE);
  webhookKubeconfig = await kubeconfigOf(plane, { namespace: NAMESPACE, name: 'kubectl-maint' });
  controllerKubeconfig = await kubeconfigOf(plane, { namespace: NAMESPACE, name: 'kubectl-maint-controller' });
  controller = await startController({ ...plane, kubeconfig: controllerKubeconfig }, { failurePolicy: 'Ignore' });
  replica = await startReplica({ ...plane, kubeconfig: webhookKubeconfig }, 'first');
});
afterAll(async () => {
  await replica.stop(0);
  await controller.stop();
  await helm.end();
  await plane.stop();
  await log.remove();
});

/** The answer to a backup on the node, in a server dry run. */
async function backup(): Promise<number> {
  const metadata = { generateName: 'asked-', namespace: 'default', labels: { 'kubectl-maint.io/work': 'backup' } };
  const spec = { nodeName: 'node-1', containers: [{ name: 'c', image: 'c' }] };
  return (await plane.api('POST', '/api/v1/namespaces/default/pods?dryRun=All', { metadata, spec })).status;
}

test('the controller makes the certificates and writes the entries; the webhook is asked through the Service', async () => {
  expect((await plane.api('GET', CA_SECRET_PATH)).status).toBe(200);
  expect((await plane.api('GET', TLS_SECRET_PATH)).status).toBe(200);
  await until('the entries are written', async () => (await entryNames(plane)).length > 0);
  expect(await entryNames(plane)).toEqual(['node-guard.kubectl-maint.io']);
  await until('the service account is there', async () => (await backup()) === 201);
  const mark = { labels: { [STATE_LABEL]: 'complete' }, annotations: { [RECORD_ANNOTATION]: '{' } };
  const markAt = async (path: string): Promise<number> => (await plane.api('PATCH', path, { metadata: mark })).status;
  // The API server asks a moment after the entry is written.
  await until('the guard is asked', async () => (await markAt('/api/v1/nodes/node-1?dryRun=All')) === 403);
  expect(await markAt('/api/v1/nodes/node-1')).toBe(403);
  const record = {
    version: 1,
    claims: [{ owner: 'ana', mode: 'cordon', since: '2026-01-05T22:10:00Z' }],
    before: { cordoned: false },
    exceptions: [],
    initiatedAt: '2026-01-05T22:10:00Z',
  };
  const readable = { ...mark, annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) } };
  expect((await plane.api('PATCH', '/api/v1/nodes/node-1', { metadata: readable })).status).toBe(200);
  await untilAskedBy(plane, 'work');
  await until('backups are refused', async () => (await backup()) === 403);
  expect(await entryNames(plane)).toEqual(
    ['work', 'rollout', 'addon', 'machine', 'node-guard'].map((name) => `${name}.kubectl-maint.io`),
  );
});

test('an upgrade leaves them in charge', async () => {
  const before = await plane.api('GET', REGISTRATION_PATH);
  const upgraded = await helm.run('upgrade', 'guard', CHART, ...IN_NAMESPACE, '--set', 'failurePolicy=Fail');
  expect(upgraded.code, upgraded.stderr).toBe(0);
  expect(listAt((await plane.api('GET', REGISTRATION_PATH)).body, 'webhooks')).toEqual(listAt(before.body, 'webhooks'));
  expect(await backup()).toBe(403);
});

test('nothing that they asked for by themselves was refused', async () => {
  const events = await log.events();
  const refused = events.filter((event) => numberAt(event, 'responseStatus', 'code') === 403);
  expect(events.length).toBeGreaterThan(5);
  expect(refused).toEqual([]);
});

/** A try: what is asked of the API server, as kubectl would. */
interface Tried {
  readonly what: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
}

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', image: 'i' }] },
};
const CONDITION = { type: 'kubectl-maint.io/RolloutWoken', status: 'True', reason: 'RolloutHeld', message: 'm' };
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const DAEMONSET = '/apis/apps/v1/namespaces/kube-system/daemonsets/cni';

/** What neither may do: what runs something, reads what is secret, or changes what guards. */
const NOBODYS: readonly Tried[] = [
  { what: 'read another Secret', method: 'GET', path: '/api/v1/namespaces/kube-system/secrets/another' },
  { what: 'list Secrets', method: 'GET', path: `/api/v1/namespaces/${NAMESPACE}/secrets` },
  { what: 'register another webhook', method: 'POST', path: `${ADMISSION}/validatingwebhookconfigurations`, body: {} },
  {
    what: 'patch the registration of another',
    method: 'PATCH',
    path: `${ADMISSION}/validatingwebhookconfigurations/x`,
  },
  { what: 'delete the registration', method: 'DELETE', path: REGISTRATION_PATH },
  {
    what: 'patch a policy',
    method: 'PATCH',
    path: `${ADMISSION}/validatingadmissionpolicies/record.kubectl-maint.io`,
  },
  {
    what: 'unbind a policy',
    method: 'DELETE',
    path: `${ADMISSION}/validatingadmissionpolicybindings/record.kubectl-maint.io`,
  },
  { what: 'delete the register', method: 'DELETE', path: registerPath(REGISTER_NAME) },
  { what: 'mark a node', method: 'PATCH', path: '/api/v1/nodes/node-2', body: { metadata: { labels: { a: 'b' } } } },
  { what: 'change the status of a node', method: 'PATCH', path: '/api/v1/nodes/node-2/status', body: {} },
  { what: 'run a pod', method: 'POST', path: `/api/v1/namespaces/${NAMESPACE}/pods`, body: POD },
  { what: 'run a pod in kube-system', method: 'POST', path: '/api/v1/namespaces/kube-system/pods', body: POD },
  { what: 'evict a pod', method: 'POST', path: '/api/v1/namespaces/kube-system/pods/p/eviction', body: {} },
  { what: 'delete a pod', method: 'DELETE', path: '/api/v1/namespaces/kube-system/pods/p' },
  { what: 'change a DaemonSet', method: 'PATCH', path: DAEMONSET, body: { metadata: { labels: { a: 'b' } } } },
  {
    what: 'replace the status of a DaemonSet',
    method: 'PUT',
    path: `${DAEMONSET}/status`,
    body: { metadata: { name: 'cni' } },
  },
  {
    what: 'get a token',
    method: 'POST',
    path: `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/default/token`,
    body: {},
  },
  {
    what: 'bind a role',
    method: 'POST',
    path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    body: { metadata: { name: 'x' }, roleRef: { kind: 'ClusterRole', name: 'cluster-admin' } },
  },
  { what: 'read the policy of others', method: 'GET', path: '/api/v1/namespaces/kube-system/configmaps' },
  { what: 'write Events elsewhere', method: 'POST', path: '/api/v1/namespaces/kube-system/events', body: {} },
];

/** What the controller may do, and the webhook may not. */
const CONTROLLERS: readonly Tried[] = [
  { what: 'read the authority', method: 'GET', path: CA_SECRET_PATH },
  { what: 'read the certificate with its key', method: 'GET', path: TLS_SECRET_PATH },
  { what: 'patch its registration', method: 'PATCH', path: REGISTRATION_PATH, body: { metadata: {} } },
  { what: 'read its registration', method: 'GET', path: REGISTRATION_PATH },
  {
    what: 'wake a rollout',
    method: 'PATCH',
    path: `${DAEMONSET}/status`,
    body: { status: { conditions: [CONDITION] } },
  },
  { what: 'read the Lease', method: 'GET', path: LEASE_PATH },
  { what: 'read the register', method: 'GET', path: `${REGISTERS}?fieldSelector=metadata.name%3D${REGISTER_NAME}` },
];

describe('what somebody gains who takes one of them over', () => {
  beforeAll(async () => {
    const labels = { app: 'cni' };
    const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } };
    const spec = { selector: { matchLabels: labels }, template };
    const made = await plane.api('POST', DAEMONSET.replace('/cni', ''), { metadata: { name: 'cni', labels }, spec });
    expect(made.status).toBe(201);
  });

  test.each([...NOBODYS, ...CONTROLLERS])('the webhook may not $what', async (tried) => {
    expect(await answerTo(webhookKubeconfig, tried)).toBe(403);
  });

  test.each(NOBODYS)('the controller may not $what', async (tried) => {
    expect(await answerTo(controllerKubeconfig, tried)).toBe(403);
  });

  test.each(CONTROLLERS)('the controller may $what', async (tried) => {
    expect(await answerTo(controllerKubeconfig, tried)).toBe(200);
  });

  const status = (body: object): Tried => ({ what: '', method: 'PATCH', path: `${DAEMONSET}/status`, body });

  test.each<[what: string, body: object]>([
    [
      'an owner that does not exist',
      {
        metadata: {
          ownerReferences: [
            { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: '7f0c1a5e-0000-4000-8000-000000000001' },
          ],
        },
      },
    ],
    ['a label', { metadata: { labels: { app: 'another' } } }],
    ['an annotation', { metadata: { annotations: { a: 'b' } } }],
    ['a finalizer', { metadata: { finalizers: ['a.io/b'] } }],
    ['another condition', { status: { conditions: [{ ...CONDITION, type: 'Another' }] } }],
    ['what its controller counts', { status: { numberReady: 7 } }],
    ['what its controller has seen', { status: { observedGeneration: 99 } }],
    ['all of it beside its own condition', { metadata: { labels: { a: 'b' } }, status: { conditions: [CONDITION] } }],
  ])('through the status of a DaemonSet the controller may not write %s', async (_what, body) => {
    const { status: code, body: said } = await requestAs(controllerKubeconfig, status(body));
    expect(code).toBe(422);
    expect(textAt(said, 'message')).toContain('the controller of kubectl maint may change no');
  });

  test('others write it as before', async () => {
    const answer = await plane.api('PATCH', `${DAEMONSET}/status`, { metadata: { labels: { app: 'cni', a: 'b' } } });
    expect(answer.status).toBe(200);
  });

  test('nobody has the right to everything', async () => {
    for (const kubeconfig of [webhookKubeconfig, controllerKubeconfig]) {
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const asked = await requestAs(kubeconfig, {
        method: 'POST',
        path,
        body: { spec: { resourceAttributes: { verb: '*', group: '*', resource: '*' } } },
      });
      expect(at(asked.body, 'status', 'allowed')).toBe(false);
    }
  });
});

async function answerTo(kubeconfig: string, { method, path, body = {} }: Tried): Promise<number> {
  return (await requestAs(kubeconfig, { method, path, body })).status;
}

async function requestAs(kubeconfig: string, { method, path, body }: Omit<Tried, 'what'>): Promise<ApiAnswer> {
  const cluster = await connectCluster({ env: {}, userAgent: 'thief', requestTimeoutMs: 10_000, kubeconfig });
  try {
    const contentType = method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json';
    return await cluster.send({ method, path, ...(method !== 'GET' && { body, contentType }) });
  } finally {
    cluster.close();
  }
}
