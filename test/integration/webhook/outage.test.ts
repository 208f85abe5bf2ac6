import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/facts/json.ts';
import type { ControlPlane } from '../../control-plane/contract.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { installFloor } from '../../support/floor.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import {
  DIALS_ENDPOINTS,
  installService,
  NAMESPACE,
  REGISTRATION_PATH,
  startController,
  startReplica,
  type Controller,
} from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import { volumeBackup } from '../../support/velero.ts';
import { Workloads } from '../../support/workloads.ts';

/** Every replica and every controller is down: the cluster goes on, the floor holds, and everything else is as failurePolicy says. */

const NODES = 4;
const [HELD, BUSY, FREE] = ['node-1', 'node-2', 'node-3'];
const BY_FLOOR = 'ValidatingAdmissionPolicy';
const UNANSWERED = 'failed calling webhook "work.kubectl-maint.io"';
const SCAN = { 'kubectl-maint.io/work': 'scan' };
const NETWORKS = '/apis/apps/v1/namespaces/network/daemonsets';
const NETWORK_PODS = '/api/v1/namespaces/network/pods?labelSelector=app%3Dnetwork';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let controller: Controller | undefined;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES, apiServerArgs: DIALS_ENDPOINTS });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  await installFloor(plane);
  await world.namespace('shop');
  await world.namespace('network');
  await networkAddOn();
  await world.deployment('web', { namespace: 'shop', node: BUSY }, 2);
  for (const namespace of ['kube-system', 'shop', 'network']) await world.pod('runs', { namespace, node: FREE });
  await installService(plane);
  const first = await startController(plane);
  const replica = await startReplica(plane, 'only');
  expect(await plugin.maint(['on', HELD, '--owner', 'ops'])).toMatchObject({ code: 0 });
  // Each of its policies comes into force by itself, and the webhook denies as well.
  await until('the floor keeps backups off', async () => (await backupOf(HELD)).includes(BY_FLOOR));
  await until('the floor keeps scans off', async () => (await podIn('default', SCAN)).includes(BY_FLOOR));
  await until('calls are to fail closed', async () => {
    const entries = listAt((await plane.api('GET', REGISTRATION_PATH)).body, 'webhooks');
    return entries.some((entry) => textAt(entry, 'failurePolicy') === 'Fail');
  });
  await replica.stop(0);
  // The API server hears of the entries a moment after they are written.
  await until('calls fail closed', async () => (await backupOf(FREE)).includes('failed calling webhook'));
  await first.stop();
});

afterAll(async () => {
  await controller?.stop();
  await plane.stop();
});

/** What is said of a backup of a node; empty where it is accepted. */
async function backupOf(node: string): Promise<string> {
  return refusalOf('/api/v1/namespaces/default/pods', volumeBackup(node));
}

/** What is said of a pod in a namespace; empty where it is accepted. */
async function podIn(namespace: string, labels: object = {}, more: object = {}): Promise<string> {
  return refusalOf(`/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'p-', labels },
    spec: { containers: [{ name: 'c', image: 'i' }], ...more },
  });
}

/** A network of a cluster, as it is deployed: before all others, on every node. */
function networkDaemonSet(name: string, priorityClassName = 'system-node-critical'): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          priorityClassName,
          tolerations: [{ operator: 'Exists' }],
          containers: [{ name: 'network', image: 'registry.k8s.io/pause:3.10' }],
        },
      },
    },
  };
}

/** The network of the cluster, in a namespace of its own. */
async function networkAddOn(): Promise<void> {
  const { status, body } = await plane.api('POST', NETWORKS, networkDaemonSet('network'));
  expect(status, JSON.stringify(body)).toBe(201);
  await until('the network runs on every node', async () => (await networkOn()).size === NODES);
}

/** Its pods that run, by node: their uids. */
async function networkOn(): Promise<ReadonlyMap<string, string>> {
  const { body } = await plane.api('GET', NETWORK_PODS);
  const running = listAt(body, 'items').filter((pod) => textAt(pod, 'status', 'phase') === 'Running');
  return new Map(
    running.map((pod) => [textAt(pod, 'spec', 'nodeName') ?? '', textAt(pod, 'metadata', 'uid') ?? ''] as const),
  );
}

/** Every pod of it goes, as after an outage of the whole cluster, and another one comes. */
async function startNetworkAnew(): Promise<void> {
  const before = new Set((await networkOn()).values());
  expect((await plane.api('DELETE', `${NETWORK_PODS}&gracePeriodSeconds=0`)).status).toBe(200);
  await until('it is back on every node', async () => {
    const after = [...(await networkOn()).values()];
    return after.length === NODES && after.every((uid) => !before.has(uid));
  });
}

/** Pods of the cluster itself start, on nodes in maintenance as on others, while nobody can be asked. */
async function theClusterStarts(): Promise<void> {
  for (const nodeName of [HELD, FREE]) {
    const there = { nodeName, tolerations: [{ operator: 'Exists' }] };
    expect(await podIn('kube-system', {}, there)).toBe('');
    expect(await podIn('network', {}, { ...there, priorityClassName: 'system-node-critical' })).toBe('');
    expect(await podIn('network', {}, there)).toContain(UNANSWERED);
  }
  expect(await refusalOf(NETWORKS, networkDaemonSet('another'))).toBe('');
  expect(await refusalOf(NETWORKS, networkDaemonSet('another', ''))).toContain(UNANSWERED);
}

/** What runs goes on: a network and a database tell their leader by a label, and people look into pods of the cluster. */
async function whatRunsGoesOn(): Promise<void> {
  for (const namespace of ['kube-system', 'shop', 'network']) {
    expect(await labelled(namespace, { 'ovn-nb-leader': 'true', role: 'primary' })).toBe('');
  }
  expect(await debugged('kube-system')).toBe('');
  expect(await debugged('network')).toContain(UNANSWERED);
  expect(await labelled('kube-system', { 'kubectl-maint.io/work': 'backup' })).toBe('');
  for (const becoming of [{ 'kubectl-maint.io/work': 'backup' }, { k8upjob: 'true' }]) {
    expect(await labelled('shop', becoming)).toContain(UNANSWERED);
  }
}

/** What is said of labels on the pod that runs in a namespace; empty where they are accepted. */
function labelled(namespace: string, labels: object): Promise<string> {
  return refusalOfPatch(`/api/v1/namespaces/${namespace}/pods/runs`, { metadata: { labels } });
}

/** The same of a container that `kubectl debug` adds to it. */
function debugged(namespace: string): Promise<string> {
  const ephemeralContainers = [{ name: 'debugger', image: 'busybox' }];
  return refusalOfPatch(`/api/v1/namespaces/${namespace}/pods/runs/ephemeralcontainers`, {
    spec: { ephemeralContainers },
  });
}

async function refusalOfPatch(path: string, change: object): Promise<string> {
  const { status, body } = await plane.api('PATCH', `${path}?dryRun=All`, change);
  return status === 200 ? '' : (textAt(body, 'message') ?? `status ${status}`);
}

async function refusalOf(collection: string, object: object): Promise<string> {
  const { status, body } = await plane.api('POST', `${collection}?dryRun=All`, object);
  return status === 201 ? '' : (textAt(body, 'message') ?? `status ${status}`);
}

describe('with failurePolicy Fail', () => {
  test('the floor refuses what it claims, in its own words', async () => {
    expect(await backupOf(HELD)).toMatch(/ValidatingAdmissionPolicy .*is for node node-1, which is in maintenance/);
    expect(await podIn('default', SCAN)).toContain(BY_FLOOR);
  });

  test('what the webhook alone would decide is refused as a failed call', async () => {
    expect(await backupOf(FREE)).toContain('failed calling webhook "work.kubectl-maint.io"');
    expect(await podIn('default')).toContain('failed calling webhook');
  });

  test('kube-system and the network start, on a node in maintenance as well', async () => {
    await theClusterStarts();
    await startNetworkAnew();
  });

  test('what runs goes on: labels that begin no work, and anything in kube-system', whatRunsGoesOn);

  test('its own namespace goes on: the webhook can come back', async () => {
    await until('its service account', async () => (await podIn(NAMESPACE)) === '');
    await world.deployment('kubectl-maint', { namespace: NAMESPACE, node: FREE }, 2);
  });

  test.each<[string, () => Promise<{ status: number }>]>([
    ['heartbeats', () => plane.api('PATCH', `/api/v1/nodes/${HELD}/status`, { status: { phase: 'Running' } })],
    ['taints and labels', () => plane.api('PATCH', `/api/v1/nodes/${FREE}`, { metadata: { labels: { a: 'b' } } })],
    [
      'a new node',
      () => plane.api('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'new' } }),
    ],
    ['a node that goes', () => plane.api('DELETE', '/api/v1/nodes/new')],
    [
      'leases',
      () =>
        plane.api('PATCH', `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${FREE}`, {
          metadata: { labels: { a: 'b' } },
        }),
    ],
    [
      'scaling',
      () => plane.api('PATCH', '/apis/apps/v1/namespaces/shop/deployments/web/scale', { spec: { replicas: 1 } }),
    ],
    ['deletions', () => plane.api('DELETE', '/api/v1/namespaces/shop/pods/none')],
  ])('%s are nobody’s business', async (_what, call) => {
    const { status } = await call();
    expect([200, 201, 404]).toContain(status);
  });
});

test('nobody keeps the register either: what it lists is kept off, and of a new mark it is told that nothing is', async () => {
  const ran = await plugin.maint(['on', FREE, '--mode=cordon', '--owner', 'ops']);
  expect(ran.stderr).toContain(`nothing is kept off there: the register does not list node ${FREE}: nobody writes it`);
  expect(await backupOf(HELD)).toContain(BY_FLOOR);
  expect(await plugin.maint(['off', FREE, '--owner', 'ops', '--healthy-for', '0'])).toMatchObject({ code: 0 });
});

test('where work alone fails closed, kube-system and the network start all the same', async () => {
  const closed = await startController(plane, { failurePolicy: 'Ignore', failClosed: ['work'] });
  const policies = async () =>
    listAt((await plane.api('GET', REGISTRATION_PATH)).body, 'webhooks')
      .map((entry) => [textAt(entry, 'name')?.split('.')[0], textAt(entry, 'failurePolicy')].join(' '))
      .sort();
  const wanted = [
    'addon Ignore',
    'critical-work Ignore',
    'machine Ignore',
    'node-guard Ignore',
    'rollout Ignore',
    'work Fail',
  ];
  await until('work alone fails closed', async () => (await policies()).join() === wanted.join());
  await until('the API server has seen it', async () => (await podIn('kube-system')) === '');
  await theClusterStarts();
  await whatRunsGoesOn();
  await startNetworkAnew();
  await closed.stop();
});

test('a drain goes on, and tells that only the floor holds', async () => {
  // Replacements of what is moved could not start while the start of pods fails closed.
  controller = await startController(plane, { failurePolicy: 'Ignore' });
  await until('calls fail open', async () => (await podIn('default')) === '');
  const ran = await plugin.maint(['on', BUSY, '--owner', 'ops']);
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stdout).toContain(`node/${BUSY} drained`);
  expect(ran.stderr).toContain(`only a part is kept off ${BUSY}: what the API server decides by itself`);
});

test('with failurePolicy Ignore everything passes but what the floor claims', async () => {
  expect(await backupOf(FREE)).toBe('');
  expect(await podIn('default')).toBe('');
  expect(await backupOf(HELD)).toContain(BY_FLOOR);
});

test('off brings nodes back, and the registration can be taken off', async () => {
  expect(await plugin.maint(['off', HELD, BUSY, '--owner', 'ops', '--healthy-for', '1s'])).toMatchObject({ code: 0 });
  await until('the floor lets backups pass', async () => (await backupOf(HELD)) === '');
  await controller?.stop();
  controller = undefined;
  expect((await plane.api('DELETE', REGISTRATION_PATH)).status).toBe(200);
});
