import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

/** Which pods go when, which are waited for, which stay, and what else a node has to be before it is drained. */

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const NODES = [
  'priority',
  'engine',
  'labels',
  'backup',
  'database',
  'refused',
  'evicted',
  'volumes',
  'ready',
  'elsewhere',
];
beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES.map((name) => ({ name })), podReadyMs: 300, podGoneMs: 300 });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

/** Events of a run with `-o json`. */
function eventsOf(stdout: string): readonly unknown[] {
  return stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

test('low priority goes first; higher ones when all of those are gone', async () => {
  const [namespace, node] = [await world.namespace('priority'), 'priority'];
  for (const [name, value] of [
    ['low', -10],
    ['high', 1000],
  ] as const) {
    await world.create('/apis/scheduling.k8s.io/v1/priorityclasses', {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
    });
  }
  await world.deployment('later', { namespace, node }, 2, { priorityClassName: 'high' });
  await world.deployment('first', { namespace, node }, 2, { priorityClassName: 'low' });
  await world.deployment('second', { namespace, node }, 2);
  const ran = await plugin.maint(['on', node, '-o', 'json', '--timeout=20s']);
  const names = eventsOf(ran.stdout)
    .filter((event) => textAt(event, 'type') === 'evicted')
    .map((event) => textAt(event, 'pod', 'name')?.split('-')[0]);
  expect(names).toEqual(['first', 'first', 'second', 'second', 'later', 'later']);
  expect(ran.code).toBe(0);
});

test('a budget that no waiting satisfies does not keep what comes after it', async () => {
  const [namespace, node] = [await world.namespace('engines'), 'engine'];
  await world.deployment('engine', { namespace, node }, 1);
  await world.budget('engine', namespace, 'engine', 1);
  await world.deployment('app', { namespace, node }, 1, { priorityClassName: 'high' });
  const running = await plugin.start(['on', node, '--timeout=30s']);
  // What a storage operator does once nothing else is on the node.
  await until('the app went', () => running.said().includes('pod/app-'));
  await world.remove(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/engine`);
  expect(await running.ended).toMatchObject({ code: 0 });
});

test('cluster.x-k8s.io/drain: skip stays, wait-completed is waited for and cleared away', async () => {
  const [namespace, node] = [await world.namespace('labels'), 'labels'];
  const place = { namespace, node };
  const label = (value: string) => ({ labels: { 'cluster.x-k8s.io/drain': value }, ownerReferences: [] });
  await world.pod('skipped', place, label('skip'));
  await world.pod('finishing', place, label('wait-completed'));
  await world.deployment('web', place, 1);
  const running = await plugin.start(['on', node, '--timeout=30s']);
  await until('it waits', () => running.said().includes('pod/finishing (namespace labels) waits: labelled '));
  await until('the others went', async () => (await world.podsOn(node)).length === 2);
  await world.patch(`/api/v1/namespaces/${namespace}/pods/finishing/status`, { status: { phase: 'Succeeded' } });
  expect(await running.ended).toMatchObject({ code: 0 });
  expect(await world.podsOn(node)).toEqual(['skipped']);
});

describe('a backup that runs on the node', () => {
  // The label by which K8up knows its own pods; without a controller, so that nothing makes it again.
  const BACKUP = { labels: { k8upjob: 'true' } };

  test('is let end by default', async () => {
    const [namespace, node] = [await world.namespace('backup'), 'backup'];
    await world.pod('copy', { namespace, node }, BACKUP);
    const running = await plugin.start(['on', node, '--timeout=30s']);
    await until('it waits', () => running.said().includes('pod/copy (namespace backup) waits: '));
    expect(running.said()).toContain('Warning: waiting for pods to end by themselves, because ');
    expect(await world.podsOn(node)).toEqual(['copy']);
    await world.patch(`/api/v1/namespaces/${namespace}/pods/copy/status`, { status: { phase: 'Succeeded' } });
    expect(await running.ended).toMatchObject({ code: 0 });
  });

  test('inside the pod of a database is let end, and the pod is evicted then', async () => {
    const [namespace, node] = [await world.namespace('database'), 'database'];
    await world.customResource('postgresql.cnpg.io', { kind: 'Backup', plural: 'backups' });
    const backups = `/apis/postgresql.cnpg.io/v1/namespaces/${namespace}/backups`;
    await world.create(backups, {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Backup',
      metadata: { name: 'nightly' },
      status: { phase: 'running', instanceID: { podName: 'pg-1' } },
    });
    await world.pod('pg-1', { namespace, node });
    await world.pod('pg-2', { namespace, node });
    const running = await plugin.start(['on', node, '--force', '--timeout=30s']);
    const why = `CloudNativePG backup ${namespace}/nightly is running in it`;
    await until('it waits', () => running.said().includes(`pod/pg-1 (namespace ${namespace}) waits: ${why}`));
    expect(running.said()).toContain(`Warning: waiting before pods are evicted, because ${why}: ${namespace}/pg-1`);
    await until('the other went', async () => (await world.podsOn(node)).length === 1);
    expect(await world.podsOn(node)).toEqual(['pg-1']);
    await world.patch(`${backups}/nightly`, { status: { phase: 'completed' } });
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(await world.podsOn(node)).toEqual([]);
  });

  test('--active-work=refuse does not begin', async () => {
    const [namespace, node] = [await world.namespace('refused'), 'refused'];
    await world.pod('copy', { namespace, node }, BACKUP);
    const ran = await plugin.maint(['on', node, '--active-work=refuse']);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toContain(
      'cannot delete Pods that run backups or scans (use --active-work=wait to let them end)',
    );
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: undefined, unschedulable: false });
  });

  test('--active-work=evict breaks it off', async () => {
    const [namespace, node] = [await world.namespace('evicted'), 'evicted'];
    await world.pod('copy', { namespace, node }, BACKUP);
    expect(await plugin.maint(['on', node, '--active-work=evict', '--force'])).toMatchObject({ code: 0 });
    expect(await world.podsOn(node)).toEqual([]);
  });
});

test('--wait-volumes: drained only when the volumes of moved pods are detached', async () => {
  const node = 'volumes';
  const attachment = await world.attachment('csi-1', node, 'pv-of-the-shop');
  const running = await plugin.start(['on', node, '--wait-volumes', '--timeout=30s']);
  await until('it waits for the volume', () =>
    running.said().includes('node/volumes: no pods left; volumes are still attached: pv-of-the-shop'),
  );
  expect(maintenanceOf(await world.node(node)).label).toBe('initiated');
  await world.remove(attachment);
  expect(await running.ended).toMatchObject({ code: 0 });
  expect(maintenanceOf(await world.node(node)).label).toBe('complete');
});

test('--wait-ready: drained only when the replacements are Ready; not in time is exit 5', async () => {
  const [namespace, node] = [await world.namespace('ready'), 'ready'];
  await world.deployment('web', { namespace, node }, 1);
  // By then its pod has gone, after the second of its grace period, on a busy machine as well.
  const late = await plugin.maint(['on', node, '--wait-ready', '--timeout=8s']);
  expect(late.code).toBe(5);
  expect(late.stderr).toMatch(/gave up waiting: replacements are not Ready: ReplicaSet ready\/web-/);
  await world.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/web`, {
    spec: { template: { spec: { nodeSelector: { 'kubernetes.io/hostname': 'elsewhere' } } } },
  });
  await until('it is ready elsewhere', async () => (await world.podsOn('elsewhere')).length === 1);
  expect(await plugin.maint(['on', node, '--wait-ready', '--timeout=20s'])).toMatchObject({ code: 0 });
});
