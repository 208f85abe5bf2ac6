/** A replica of the webhook that has nothing but what the chart gives it: its rights, its Service, its registration. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { listAt, numberAt, RECORD_ANNOTATION, STATE_LABEL, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { CHART, helmFor, type Helm } from '../../support/helm.ts';
import {
  CA_SECRET_PATH,
  DIALS_ENDPOINTS,
  NAMESPACE,
  REGISTRATION_PATH,
  startReplica,
  type Replica,
} from '../../support/replicas.ts';
import { until } from '../../support/until.ts';

const REPLICA = `system:serviceaccount:${NAMESPACE}:kubectl-maint`;

const IN_NAMESPACE = ['--namespace', NAMESPACE, '--no-hooks'];

let folder: string;
let plane: ControlPlane;
let helm: Helm;
let replica: Replica;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-replica-'));
  const rules = [{ level: 'Metadata', users: [REPLICA] }, { level: 'None' }];
  const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules };
  await writeFile(join(folder, 'policy.yaml'), stringify(policy));
  const audit = [`--audit-policy-file=${join(folder, 'policy.yaml')}`, `--audit-log-path=${join(folder, 'audit.log')}`];
  plane = await startControlPlane({
    nodes: 2,
    // The Deployment's own pods stay Pending: the replica of this process is the only one behind the Service.
    kwok: false,
    users: [{ name: REPLICA, groups: [] }],
    apiServerArgs: [...DIALS_ENDPOINTS, ...audit],
  });
  helm = await helmFor(plane.kubeconfig);
  // Nobody runs the pods of hooks here.
  const installed = await helm.run('install', 'guard', CHART, ...IN_NAMESPACE, '--create-namespace');
  expect(installed.code, installed.stderr).toBe(0);
  replica = await startReplica({ ...plane, kubeconfig: await plane.kubeconfigFor(REPLICA) }, 'first', {
    failurePolicy: 'Ignore',
  });
});
afterAll(async () => {
  await replica.stop(0);
  await helm.end();
  await plane.stop();
  await rm(folder, { recursive: true });
});

const entryNames = async () =>
  listAt((await plane.api('GET', REGISTRATION_PATH)).body, 'webhooks').map((entry) => textAt(entry, 'name'));

/** The answer to a backup on the node, in a server dry run. */
async function backup(): Promise<number> {
  const metadata = { generateName: 'asked-', namespace: 'default', labels: { 'kubectl-maint.io/work': 'backup' } };
  const spec = { nodeName: 'node-1', containers: [{ name: 'c', image: 'c' }] };
  return (await plane.api('POST', '/api/v1/namespaces/default/pods?dryRun=All', { metadata, spec })).status;
}

test('makes its authority, writes the entries, and is asked through the Service', async () => {
  expect((await plane.api('GET', CA_SECRET_PATH)).status).toBe(200);
  expect(await entryNames()).toEqual(['node-guard.kubectl-maint.io']);
  await until('the service account is there', async () => (await backup()) === 201);
  const mark = { labels: { [STATE_LABEL]: 'complete' }, annotations: { [RECORD_ANNOTATION]: '{' } };
  expect((await plane.api('PATCH', '/api/v1/nodes/node-1', { metadata: mark })).status).toBe(403);
  const record = {
    version: 1,
    claims: [{ owner: 'ana', mode: 'cordon', since: '2026-01-05T22:10:00Z' }],
    before: { cordoned: false },
    exceptions: [],
    initiatedAt: '2026-01-05T22:10:00Z',
  };
  const readable = { ...mark, annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) } };
  expect((await plane.api('PATCH', '/api/v1/nodes/node-1', { metadata: readable })).status).toBe(200);
  await until('it is asked about work', async () => (await entryNames()).includes('work.kubectl-maint.io'));
  await until('backups are refused', async () => (await backup()) === 403);
  expect(await entryNames()).toEqual(
    ['work', 'rollout', 'addon', 'node-guard'].map((name) => `${name}.kubectl-maint.io`),
  );
});

test('an upgrade leaves it in charge', async () => {
  const before = await plane.api('GET', REGISTRATION_PATH);
  const upgraded = await helm.run('upgrade', 'guard', CHART, ...IN_NAMESPACE, '--set', 'failurePolicy=Fail');
  expect(upgraded.code, upgraded.stderr).toBe(0);
  expect(listAt((await plane.api('GET', REGISTRATION_PATH)).body, 'webhooks')).toEqual(listAt(before.body, 'webhooks'));
  expect(await backup()).toBe(403);
});

test('nothing that it asked for was refused', async () => {
  const lines = (await readFile(join(folder, 'audit.log'), 'utf8')).split('\n').filter((line) => line.endsWith('}'));
  const refused = lines.filter((line) => numberAt(JSON.parse(line), 'responseStatus', 'code') === 403);
  expect(lines.length).toBeGreaterThan(5);
  expect(refused).toEqual([]);
});
