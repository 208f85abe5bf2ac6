/** Built-in preparations on the real API server, with the kinds of the systems and stand-ins of their operators. */
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { serveAsPod } from '../../support/pod-service.ts';
import { ownAddress } from '../../support/service-endpoints.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: ['longhorn', 'bare', 'primary', 'ceph', 'satellite', 'spare'].map((name) => ({ name })),
    users: [{ name: 'ana', groups: ['system:masters'] }],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
}, 120_000);

afterAll(() => plane.stop());

const OFF = ['--skip-health-check', '--trust-hook-records'];

describe('longhorn', () => {
  const namespace = 'longhorn-system';
  const api = `/apis/longhorn.io/v1beta2/namespaces/${namespace}`;
  const path = `${api}/nodes/longhorn`;
  const spec = { name: 'longhorn', allowScheduling: true, evictionRequested: false, tags: ['fast'] };

  beforeAll(async () => {
    await world.bareNamespace(namespace);
    for (const [kind, plural] of Object.entries({
      Node: 'nodes',
      Replica: 'replicas',
      Volume: 'volumes',
      Setting: 'settings',
    }))
      await world.customResource('longhorn.io', { kind, plural, version: 'v1beta2' });
    await world.create(`${api}/nodes`, {
      apiVersion: 'longhorn.io/v1beta2',
      kind: 'Node',
      metadata: { name: 'longhorn', namespace },
      spec,
    });
  });

  /** A replica that was written whole, as Longhorn would have built it on a node. */
  async function replica(volume: string, node: string): Promise<string> {
    await world.create(`${api}/replicas`, {
      apiVersion: 'longhorn.io/v1beta2',
      kind: 'Replica',
      metadata: { name: `${volume}-${node}`, namespace, labels: { longhornnode: node } },
      spec: { volumeName: volume, nodeID: node, healthyAt: '2026-01-01T00:00:00Z', failedAt: '' },
    });
    return `${api}/replicas/${volume}-${node}`;
  }

  const specNow = async (): Promise<unknown> => at(await world.get(path), 'spec');

  test('no new replica is placed on the node, and what was before comes back; nodes without it need nothing', async () => {
    const ran = await plugin.maint(['on', 'longhorn', 'bare', '--prepare=longhorn']);
    expect(ran.stdout, ran.stderr).toContain('node/longhorn hook longhorn/no-new-replicas done\n');
    expect(ran.stderr).toContain('node/bare hook longhorn/no-new-replicas has nothing to do');
    expect(await specNow()).toEqual({ ...spec, allowScheduling: false });
    expect(await plugin.maint(['off', 'longhorn', 'bare', ...OFF])).toMatchObject({ code: 0 });
    expect(await specNow()).toEqual(spec);
  });

  test('--data=ensure: what is refused otherwise is waited for, before the first pod goes', async () => {
    const last = await replica('only', 'longhorn');
    const args = ['on', 'longhorn', '--prepare=longhorn'];
    const refused = await plugin.maint(args);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('Longhorn: the last healthy replica goes: only (--allow-data-loss=longhorn/only');
    const running = await plugin.start([...args, '--data=ensure']);
    await until('it waits', () => running.said().includes('node/longhorn hook longhorn/data-is-safe begins'));
    expect(running.said()).toContain(
      'the last healthy replica goes: only (the drain does not begin before that is over)',
    );
    expect(maintenanceOf(await world.node('longhorn'))).toMatchObject({ label: 'initiated', unschedulable: true });
    // A stand-in of Longhorn, which rebuilds elsewhere.
    const elsewhere = await replica('only', 'spare');
    const ran = await running.ended;
    expect(`${ran.code ?? ''} ${ran.stderr}`).toMatch(/^0 /);
    expect(ran.stdout).toContain('node/longhorn hook longhorn/data-is-safe done\n');
    expect(await plugin.maint(['off', 'longhorn', ...OFF])).toMatchObject({ code: 0 });
    expect(await specNow()).toEqual(spec);
    for (const one of [last, elsewhere]) await world.remove(one);
  });

  test('--data=ensure: of two nodes that go together neither counts for the other', async () => {
    const all = [await replica('pair', 'longhorn'), await replica('pair', 'bare')];
    const running = await plugin.start(['on', 'longhorn', 'bare', '--prepare=longhorn', '--data=ensure']);
    await until('both wait', () =>
      ['longhorn', 'bare'].every((node) => running.said().includes(`node/${node} hook longhorn/data-is-safe begins`)),
    );
    expect(running.said()).not.toContain('data-is-safe done');
    all.push(await replica('pair', 'spare'));
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(await plugin.maint(['off', 'longhorn', 'bare', ...OFF])).toMatchObject({ code: 0 });
    for (const one of all) await world.remove(one);
  });

  test('--data=evacuate: the drain begins when no replica is on the node any more', async () => {
    const here = await replica('moved', 'longhorn');
    const args = ['on', 'longhorn', '--prepare=longhorn', '--data=evacuate'];
    const plan = await plugin.maint([...args, '--dry-run']);
    expect(plan.stderr).toContain('  before-drain longhorn/data-is-safe: waits until longhorn would lose no data');
    const running = await plugin.start(args);
    await until('it waits', () => running.said().includes('node/longhorn hook longhorn/replicas-have-left begins'));
    expect(await specNow()).toEqual({ ...spec, allowScheduling: false, evictionRequested: true });
    expect(maintenanceOf(await world.node('longhorn')).label).toBe('initiated');
    const there = await replica('moved', 'spare');
    await world.remove(here);
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(await plugin.maint(['off', 'longhorn', ...OFF])).toMatchObject({ code: 0 });
    expect(await specNow()).toEqual(spec);
    await world.remove(there);
  });

  test('--data without what heeds it is refused', async () => {
    const ran = await plugin.maint(['on', 'spare', '--prepare=rook', '--data=evacuate']);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('--data is about what --prepare=linstor and longhorn do, which nobody has asked for');
  });
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

test('linstor: a satellite that was evicted is restored on the way back, and no other', async () => {
  const flags = new Map<string, readonly string[]>([['satellite', ['DELETE', 'EVICTED']]]);
  const asked: string[] = [];
  // A stand-in of LINSTOR's controller, by its published REST API.
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const [, name = '', verb] = /^\/v1\/nodes\/([^/]+)(\/restore)?$/.exec(request.url ?? '') ?? [];
      asked.push(`${request.method ?? ''} ${request.url ?? ''}${body === '' ? '' : ` ${body}`}`);
      if (verb !== undefined) flags.set(name, []);
      const found = flags.get(name);
      const answer = verb === undefined ? { name, type: 'Satellite', flags: found } : [];
      response.writeHead(found === undefined ? 404 : 200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(found === undefined ? [] : answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, ownAddress(), resolve));
  try {
    const address = server.address();
    await serveAsPod(plane, world, {
      namespace: 'piraeus-datastore',
      service: 'linstor-controller',
      labels: { 'app.kubernetes.io/component': 'linstor-controller' },
      servicePort: 3370,
      port: typeof address === 'object' && address !== null ? address.port : 0,
    });
    const plan = await plugin.maint(['on', 'satellite', '--prepare=linstor', '--dry-run']);
    expect(plan.stderr).toContain(
      '  before-return linstor-return/satellite-is-restored: restores its satellite at piraeus-datastore/linstor-controller:3370 where LINSTOR has evicted it; it is not undone',
    );
    expect(await plugin.maint(['on', 'satellite', 'spare'])).toMatchObject({ code: 0 });
    const back = await plugin.maint(['off', 'satellite', '--prepare=linstor', ...OFF]);
    expect(back.stdout, back.stderr).toContain('node/satellite hook linstor-return/satellite-is-restored done\n');
    expect(asked).toEqual(['GET /v1/nodes/satellite', 'PUT /v1/nodes/satellite/restore {"delete_resources":false}']);
    // LINSTOR knows nothing of the other.
    const other = await plugin.maint(['off', 'spare', '--prepare=linstor', ...OFF]);
    expect(other.stderr).toContain('node/spare hook linstor-return/satellite-is-restored has nothing to do');
    expect(asked.slice(2)).toEqual(['GET /v1/nodes/spare']);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test('a word that is no preparation is refused', async () => {
  const ran = await plugin.maint(['on', 'spare', '--prepare=longhorn,ceph']);
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain(
    '--prepare: "ceph" is no preparation; there are alertmanager, cnpg, linstor, longhorn, rook',
  );
});
