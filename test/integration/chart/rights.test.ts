/** The chart's roles at work: who holds them does everything by them, as the API server's own audit log tells. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OPERATOR_GRANTS, VIEWER_GRANTS } from '../../../plugin/preflight/grants.ts';
import { numberAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { untilChartMay, untilMay } from '../../support/access.ts';
import { auditLog, type AuditLog } from '../../support/audit-log.ts';
import { installFromChart } from '../../support/helm.ts';
import { pluginRunner, type Ran } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import {
  DIALS_ENDPOINTS,
  installFence,
  installService,
  NAMESPACE,
  startController,
  startReplica,
  type Controller,
  type Replica,
} from '../../support/replicas.ts';
import { Workloads } from '../../support/workloads.ts';
import { Addons } from '../hold/addons.ts';

const WEBHOOK = `system:serviceaccount:${NAMESPACE}:kubectl-maint`;
const CONTROLLER = `${WEBHOOK}-controller`;
const NODES = ['node-1', 'node-2', 'node-3', 'node-4'];

let log: AuditLog;
let plane: ControlPlane;
let controller: Controller;
let replica: Replica;

beforeAll(async () => {
  const users = [WEBHOOK, CONTROLLER, 'olga', 'vera'];
  log = await auditLog(users);
  plane = await startControlPlane({
    nodes: NODES.map((name) => ({ name })),
    users: users.map((name) => ({ name, groups: [] })),
    apiServerArgs: [...DIALS_ENDPOINTS, ...log.apiServerArgs],
  });
  await installService(plane);
  await installFence(plane);
  await giveRoles();
  controller = await startController({ ...plane, kubeconfig: await plane.kubeconfigFor(CONTROLLER) });
  replica = await startReplica({ ...plane, kubeconfig: await plane.kubeconfigFor(WEBHOOK) }, 'only');
});
afterAll(async () => {
  await replica.stop(0);
  await controller.stop();
  await plane.stop();
  await log.remove();
});

/** Everything of the chart that gives rights, and the two people who got them; in force when this resolves. */
async function giveRoles(): Promise<void> {
  await installFromChart(plane, NAMESPACE, /^(?:Cluster)?Role(?:Binding)?\//);
  for (const [user, role] of [
    ['olga', 'operator'],
    ['vera', 'viewer'],
  ] as const) {
    const binding = ['create', 'clusterrolebinding', user, `--clusterrole=kubectl-maint-${role}`, `--user=${user}`];
    const { code, stderr } = await plane.kubectl(binding);
    expect(code, stderr).toBe(0);
  }
  await untilChartMay(plane, NAMESPACE);
  await untilMay(plane, { user: 'olga' }, OPERATOR_GRANTS);
  await untilMay(plane, { user: 'vera' }, VIEWER_GRANTS);
}

/** `verb group/resource[/subresource]` of every call of a user so far, with the status of its answer; each once. */
async function callsOf(user: string): Promise<readonly { readonly call: string; readonly status: number }[]> {
  const seen = new Map<string, { readonly call: string; readonly status: number }>();
  for (const entry of await log.events()) {
    if (textAt(entry, 'user', 'username') !== user) continue;
    const part = (name: string) => textAt(entry, 'objectRef', name) ?? '';
    const subresource = part('subresource') === '' ? '' : `/${part('subresource')}`;
    const call = `${textAt(entry, 'verb') ?? ''} ${part('apiGroup')}/${part('resource')}${subresource}`;
    const status = numberAt(entry, 'responseStatus', 'code') ?? 0;
    seen.set(`${call} ${status}`, { call, status });
  }
  return [...seen.values()].sort((one, other) => (one.call < other.call ? -1 : 1));
}

async function refusedOf(user: string): Promise<readonly string[]> {
  return (await callsOf(user)).filter(({ status }) => status === 403).map(({ call }) => call);
}

/** What a user asked and got. */
async function grantedTo(user: string): Promise<readonly string[]> {
  return (await callsOf(user)).filter(({ status }) => status < 300).map(({ call }) => call);
}

/** A Deployment with a pod on each node, and a budget that lets one of them go. A pod that takes its place has to be waited for. */
async function webOnAllNodes(world: Workloads, namespace: string): Promise<void> {
  const labels = { app: 'web' };
  const spread = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' };
  const metadata = { labels, annotations: { 'pod-ready.stage.kwok.x-k8s.io/delay': '10s' } };
  const spec = {
    containers: [{ name: 'c', image: 'web' }],
    topologySpreadConstraints: [{ ...spread, labelSelector: { matchLabels: labels } }],
  };
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  await world.create(path, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: { replicas: NODES.length, selector: { matchLabels: labels }, template: { metadata, spec } },
  });
  await until('the pods are ready', async () => {
    return numberAt(await world.get(`${path}/web`), 'status', 'readyReplicas') === NODES.length;
  });
  await world.budget('web', namespace, 'web', NODES.length - 1);
}

/** The answer to a pod that a user calls work of some kind, put on a node, in a server dry run. */
async function asked(work: string, nodeName: string): Promise<number> {
  const metadata = { name: 'asked', namespace: 'shop', labels: { 'kubectl-maint.io/work': work } };
  const spec = { nodeName, containers: [{ name: 'c', image: 'c' }] };
  return (await plane.api('POST', '/api/v1/namespaces/shop/pods?dryRun=All', { metadata, spec })).status;
}

test('an operator takes a node into maintenance, drains it and brings it back; a replica holds a rollout meanwhile', async () => {
  const plugin = pluginRunner(plane);
  const olga = (line: string): Promise<Ran> => plugin.maint(line.split(' '), { user: 'olga' });
  const world = new Workloads(plane);
  const addons = new Addons(plane);
  await addons.create('agent', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } });
  await addons.reaches('agent', { image: 'agent:1', nodes: NODES });
  await webOnAllNodes(world, await world.namespace('shop'));

  const attachment = await world.attachment('of-pv', 'node-2', 'pv');
  const drain = await plugin.start('on node-2 --wait-ready --wait-volumes --reason disk'.split(' '), { user: 'olga' });
  await until('the drain waits for the volume', () => drain.said().includes('still attached'), {
    seen: () => drain.said(),
  });
  await world.remove(attachment);
  expect(await drain.ended, drain.said()).toMatchObject({ code: 0 });
  const stay = await addons.podsOn('agent', ['node-2']);
  await addons.roll('agent', 'agent:2');
  await addons.reaches('agent', { image: 'agent:2', nodes: NODES.filter((name) => name !== 'node-2'), stay });
  expect([await asked('backup', 'node-2'), await asked('backup', 'node-1'), await asked('scan', 'node-1')]).toEqual([
    403, 201, 403,
  ]);
  expect(await olga('status')).toMatchObject({ code: 0 });
  const wide = await plugin.maint(['status', '-o', 'wide'], { user: 'vera' });
  expect(wide).toMatchObject({
    code: 0,
    stderr:
      'the webhook is registered for everything that is kept off, and the API server has no policies of its own; whether it answers: kubectl maint doctor\n',
  });
  expect(wide.stdout).toMatch(new RegExp(`^node-2 .* healthy +default/${stay[0]?.name ?? ''} +disk `, 'm'));
  expect(await plugin.maint(['doctor'], { user: 'vera' })).toMatchObject({ code: 0 });
  expect(await olga('doctor')).toMatchObject({ code: 0 });
  const watch = await plugin.start(['status', '-w'], { user: 'vera' });
  await until('a viewer watches', () => Promise.resolve(watch.said().includes('node-2')));
  watch.signal('SIGINT');
  expect(await watch.ended).toMatchObject({ code: 130, stderr: '' });
  const off = await olga('off node-2 --healthy-for 0s');
  expect(off, off.stderr).toMatchObject({ code: 0 });
  await addons.reaches('agent', { image: 'agent:2', nodes: NODES });
  expect(await asked('scan', 'node-1')).toBe(201);
});

test('the operator was refused what the role leaves out, and nothing else', async () => {
  // Canaries, of which the record is denied by the webhook.
  expect(await refusedOf('olga')).toEqual(['create /pods', 'patch /nodes', 'patch apps/daemonsets']);
  expect(await grantedTo('olga')).toEqual(
    expect.arrayContaining([
      'create /events',
      'create /pods/eviction',
      'get admissionregistration.k8s.io/validatingwebhookconfigurations',
      'get coordination.k8s.io/leases',
      'patch /nodes',
      'patch /nodes/status',
      'watch apps/replicasets',
      'watch policy/poddisruptionbudgets',
      'watch storage.k8s.io/volumeattachments',
    ]),
  );
});

test('the viewer looked, and was refused nothing but what canaries write in dry runs', async () => {
  expect(await refusedOf('vera')).toEqual(['create /pods', 'patch /nodes', 'patch apps/daemonsets']);
  expect(await grantedTo('vera')).toEqual([
    'create authorization.k8s.io/selfsubjectaccessreviews',
    'create authorization.k8s.io/selfsubjectrulesreviews',
    // Discovery.
    'get /',
    'get /nodes',
    'get admissionregistration.k8s.io/validatingwebhookconfigurations',
    'get apps/daemonsets',
    'get coordination.k8s.io/leases',
    'list /events',
    'list /nodes',
    'list /pods',
    'list admissionregistration.k8s.io/validatingadmissionpolicies',
    'list admissionregistration.k8s.io/validatingadmissionpolicybindings',
    'list apps/controllerrevisions',
    'list storage.k8s.io/volumeattachments',
    'watch /nodes',
    'watch /pods',
  ]);
});

test('the webhook was refused nothing, and read live what it decided', async () => {
  expect(await refusedOf(WEBHOOK)).toEqual([]);
  const calls = [
    'get /nodes',
    'get apps/daemonsets',
    'list /nodes',
    'list /pods',
    'list apps/controllerrevisions',
    'watch /nodes',
  ];
  expect(await grantedTo(WEBHOOK)).toEqual(expect.arrayContaining(calls));
  const wrote = (await grantedTo(WEBHOOK)).filter((call) => !/^(?:get|list|watch) /.test(call));
  expect(wrote.filter((call) => !call.endsWith(' /events'))).toEqual([]);
});

test('the controller was refused nothing', async () => {
  expect(await refusedOf(CONTROLLER)).toEqual([]);
  expect(await grantedTo(CONTROLLER)).toEqual(
    expect.arrayContaining([
      'create /secrets',
      'create coordination.k8s.io/leases',
      'patch admissionregistration.k8s.io/validatingwebhookconfigurations',
      'update coordination.k8s.io/leases',
      'watch /nodes',
      'watch apps/daemonsets',
    ]),
  );
});
