/** Built-in preparations on the real API server, with the kinds of the systems and stand-ins of their operators. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: ['longhorn', 'bare', 'primary', 'ceph', 'spare'].map((name) => ({ name })),
    users: [{ name: 'ana', groups: ['system:masters'] }],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
}, 120_000);

afterAll(() => plane.stop());

const OFF = ['--skip-health-check', '--trust-hook-records'];

test('longhorn: no new replica is placed on the node, and what was before comes back; nodes without it need nothing', async () => {
  const namespace = await world.bareNamespace('longhorn-system');
  await world.customResource('longhorn.io', { kind: 'Node', plural: 'nodes' });
  const path = `/apis/longhorn.io/v1/namespaces/${namespace}/nodes/longhorn`;
  const spec = { name: 'longhorn', allowScheduling: true, evictionRequested: false, tags: ['fast'] };
  await world.create(`/apis/longhorn.io/v1/namespaces/${namespace}/nodes`, {
    apiVersion: 'longhorn.io/v1',
    kind: 'Node',
    metadata: { name: 'longhorn', namespace },
    spec,
  });
  const ran = await plugin.maint(['on', 'longhorn', 'bare', '--prepare=longhorn-evacuate']);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain('node/longhorn hook longhorn-evacuate/move-replicas done\n');
  expect(ran.stderr).toContain('node/bare hook longhorn-evacuate/move-replicas has nothing to do');
  expect(at(await world.get(path), 'spec')).toEqual({ ...spec, allowScheduling: false, evictionRequested: true });
  expect(await plugin.maint(['off', 'longhorn', 'bare', ...OFF])).toMatchObject({ code: 0 });
  expect(at(await world.get(path), 'spec')).toEqual(spec);
  expect(await plugin.maint(['on', 'longhorn', '--prepare=longhorn'])).toMatchObject({ code: 0 });
  expect(at(await world.get(path), 'spec')).toEqual({ ...spec, allowScheduling: false });
  expect(await plugin.maint(['off', 'longhorn', ...OFF])).toMatchObject({ code: 0 });
  expect(at(await world.get(path), 'spec')).toEqual(spec);
});

test('cnpg: no pod is evicted before the primary has left the node', async () => {
  const namespace = await world.namespace('database');
  const labels = { app: 'db', 'cnpg.io/instanceRole': 'primary' };
  await world.deployment('db', { namespace, node: 'primary' }, 1, { labels });
  const [pod = ''] = await world.podsOn('primary');
  const running = await plugin.start(['on', 'primary', '--prepare=cnpg']);
  await until('it waits', () => running.said().includes('node/primary hook cnpg/primary-has-left begins'));
  expect(maintenanceOf(await world.node('primary'))).toMatchObject({ label: 'initiated', unschedulable: true });
  expect(await world.podsOn('primary')).toEqual([pod]);
  // A stand-in of the operator, which hands over when the node is cordoned.
  await world.patch(`/api/v1/namespaces/${namespace}/pods/${pod}`, {
    metadata: { labels: { 'cnpg.io/instanceRole': 'replica' } },
  });
  const ran = await running.ended;
  expect(ran.code).toBe(0);
  expect(ran.stdout.indexOf('hook cnpg/primary-has-left done')).toBeLessThan(ran.stdout.indexOf(`pod/${pod} evicted`));
});

test('rook: no node is drained while Ceph is not healthy, and the return ends when it is again', async () => {
  const namespace = await world.bareNamespace('rook-ceph');
  await world.customResource('ceph.rook.io', { kind: 'CephCluster', plural: 'cephclusters' });
  const path = `/apis/ceph.rook.io/v1/namespaces/${namespace}/cephclusters`;
  const health = (ceph: string) => ({ status: { ceph: { health: ceph } } });
  await world.create(path, {
    apiVersion: 'ceph.rook.io/v1',
    kind: 'CephCluster',
    metadata: { name: 'rook-ceph', namespace },
    ...health('HEALTH_WARN'),
  });
  const running = await plugin.start(['on', 'ceph', '--prepare=rook']);
  await until('it waits', () => running.said().includes('node/ceph hook rook/healthy begins'));
  expect(maintenanceOf(await world.node('ceph')).label).toBe('initiated');
  await world.patch(`${path}/rook-ceph`, health('HEALTH_OK'));
  expect(await running.ended).toMatchObject({ code: 0 });
  await world.patch(`${path}/rook-ceph`, health('HEALTH_WARN'));
  const back = await plugin.start(['off', 'ceph', '--prepare=rook', ...OFF]);
  await until('it waits', () => back.said().includes('node/ceph hook rook-return/healthy-again begins'));
  expect(maintenanceOf(await world.node('ceph'))).toMatchObject({ record: undefined, unschedulable: false });
  await world.patch(`${path}/rook-ceph`, health('HEALTH_OK'));
  expect(await back.ended).toMatchObject({ code: 0 });
});

test('a word that is no preparation is refused', async () => {
  const ran = await plugin.maint(['on', 'spare', '--prepare=longhorn,ceph']);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain(
    '--prepare: "ceph" is no preparation; there are alertmanager, cnpg, longhorn, longhorn-evacuate, rook',
  );
});
