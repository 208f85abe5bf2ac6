import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_GRANTS } from '../../../plugin/preflight/grants.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type Arrived, faultProxy } from '../../support/fault-proxy.ts';
import { grantTo } from '../../support/granted.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { FREE, maintenanceOf, Workloads } from '../../support/workloads.ts';

/**
 * Data systems are asked before the first write, on the real API server: kinds with Longhorn's names and fields, which nobody
 * reconciles here. What each system's answers come to is in test/unit/plugin/preflight/data.
 */

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const NODES = ['plain', 'lone', 'left', 'right', 'far', 'early', 'late', 'one', 'other', 'spare'];
const NAMESPACE = 'longhorn-system';
const LONGHORN = '/apis/longhorn.io/v1beta2';
const WHOLE = '2026-01-01T00:00:00Z';

/** May do what the chart's role lets operators do; the other lacks Longhorn. */
const [OPERATOR, BLIND] = ['operator', 'blind'];

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: NODES.map((name) => ({ name })),
    users: [
      { name: OPERATOR, groups: [] },
      { name: BLIND, groups: [] },
    ],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  await grantTo(plane, OPERATOR, OPERATOR_GRANTS);
  await grantTo(
    plane,
    BLIND,
    OPERATOR_GRANTS.filter(({ group }) => group !== 'longhorn.io'),
  );
});

afterAll(() => plane.stop());

/** A command, with what it asked of the API server. */
async function asking(
  args: readonly string[],
  { user, fault }: { user?: string; fault?: (arrived: Arrived) => Promise<undefined> } = {},
) {
  await using proxy = await faultProxy(plane, fault ?? (() => undefined));
  const [verb = '', ...more] = args;
  const ran = await plugin.maint([verb, '--server', proxy.url, ...more], user === undefined ? {} : { user });
  return { ...ran, seen: proxy.seen.map(({ method, path }) => `${method} ${path}`) };
}

const listsOf = (seen: readonly string[], plural: string): readonly string[] =>
  seen.filter((call) => call.startsWith(`GET ${LONGHORN}/${plural}?`));

/** A replica of a volume that was written whole, unless told otherwise. */
async function replica(volume: string, node: string, failedAt = ''): Promise<void> {
  await world.create(`${LONGHORN}/namespaces/${NAMESPACE}/replicas`, {
    apiVersion: 'longhorn.io/v1beta2',
    kind: 'Replica',
    metadata: { name: `${volume}-${node}`, namespace: NAMESPACE },
    spec: { volumeName: volume, nodeID: node, healthyAt: WHOLE, failedAt },
  });
}

async function stateOf(node: string) {
  return maintenanceOf(await world.node(node));
}

test('of what is not installed nothing is asked, and what is served is asked once', async () => {
  const { code, seen, stderr } = await asking(['on', 'plain']);
  expect(code).toBe(0);
  expect(stderr).not.toContain('data');
  expect(seen.filter((call) => call === 'GET /apis')).toHaveLength(1);
  expect(seen.filter((call) => /longhorn|rook|linstor|piraeus|cnpg|strimzi|elastic|kubevirt|spilo/.test(call))).toEqual(
    [],
  );
});

describe('with Longhorn', () => {
  beforeAll(async () => {
    await world.bareNamespace(NAMESPACE);
    for (const [kind, plural] of [
      ['Replica', 'replicas'],
      ['Volume', 'volumes'],
      ['Setting', 'settings'],
    ] as const)
      await world.customResource('longhorn.io', { kind, plural, version: 'v1beta2' });
    await world.create(`${LONGHORN}/namespaces/${NAMESPACE}/settings`, {
      apiVersion: 'longhorn.io/v1beta2',
      kind: 'Setting',
      metadata: { name: 'node-drain-policy', namespace: NAMESPACE },
      value: 'block-if-contains-last-replica',
    });
    await world.create(`${LONGHORN}/namespaces/${NAMESPACE}/volumes`, {
      apiVersion: 'longhorn.io/v1beta2',
      kind: 'Volume',
      metadata: { name: 'pvc-1', namespace: NAMESPACE },
      status: { robustness: 'degraded', kubernetesStatus: { namespace: 'shop', pvcName: 'data-0' } },
    });
    await replica('pvc-1', 'lone');
    await replica('pvc-1', 'far', WHOLE);
    await replica('pair', 'left');
    await replica('pair', 'right');
    await replica('race', 'one');
    await replica('race', 'other');
  });

  const LAST =
    'Longhorn: the last healthy replica goes, and node-drain-policy block-if-contains-last-replica holds the drain until there is another: ';

  test('the last healthy replica: refused before the first write', async () => {
    const { code, stderr, seen } = await asking(['on', 'lone']);
    expect(code).toBe(3);
    expect(stderr).toContain(
      `error: ${LAST}pvc-1 (shop/data-0) (--allow-data-loss=longhorn/pvc-1 goes on all the same)\nhint: nothing was changed`,
    );
    expect(seen.filter((call) => !call.startsWith('GET ') && !call.includes('/selfsubject'))).toEqual([]);
    expect(await stateOf('lone')).toEqual(FREE);
  });

  test.each([
    ['another object is accepted', ['--allow-data-loss=longhorn/pvc-2'], 3],
    ['a system that nobody knows', ['--allow-data-loss=longhorns'], 2],
    ['nothing is moved', ['--mode=cordon', '--dry-run=client'], 0],
  ])('%s', async (_what, flags, code) => {
    expect(await plugin.maint(['on', 'lone', ...flags])).toMatchObject({ code });
    expect(await stateOf('lone')).toEqual(FREE);
  });

  test('who accepts it goes on, and is told', async () => {
    const { code, stderr } = await plugin.maint(['on', 'lone', '--allow-data-loss=longhorn/pvc-1']);
    expect(code).toBe(0);
    expect(stderr).toContain(`${LAST}pvc-1 (shop/data-0) (accepted by --allow-data-loss)`);
    expect(await stateOf('lone')).toMatchObject({ label: 'complete' });
  });

  test('-o json names the objects', async () => {
    const { stdout } = await plugin.maint(['on', 'left', 'right', '--dry-run=client', '-o', 'json']);
    const [finding] = stdout.split('\n').filter((line) => line.includes('"data"'));
    expect(JSON.parse(finding ?? '{}')).toMatchObject({ check: 'data', severity: 'refuse', objects: ['pair'] });
  });

  test('several nodes share what is read, page by page, by the role of operators', async () => {
    const volumes = Array.from({ length: 260 }, (_, index) => `v${index}`);
    await Promise.all(volumes.map((volume) => replica(volume, 'far')));
    const { code, stderr, seen } = await asking(['on', 'left', 'early', 'one', '--dry-run=client'], { user: OPERATOR });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).not.toContain('you may not');
    expect(seen.filter((call) => call === 'GET /apis')).toHaveLength(1);
    expect(listsOf(seen, 'replicas')).toHaveLength(2);
    expect(listsOf(seen, 'volumes')).toHaveLength(1);
    expect(
      listsOf(seen, 'settings')
        .map((call) => /metadata\.name(?:%3D|=)([a-z-]+)/.exec(call)?.[1])
        .sort(),
    ).toEqual(['node-drain-policy', 'replica-replenishment-wait-interval']);
  });

  test('a missing right is said once, and nothing is taken for safe', async () => {
    const { code, stderr } = await asking(['on', 'left', 'early', 'one', '--dry-run=client'], { user: BLIND });
    expect(code).toBe(0);
    const said = stderr.split('\n').filter((line) => line.includes('Longhorn'));
    expect(said).toEqual([
      'Warning: Longhorn is installed, and you may not list replicas.longhorn.io, volumes.longhorn.io, settings.longhorn.io: whether it loses data or service is not known',
    ]);
  });

  test('a later batch is asked again: the last replica of a new volume refuses it', async () => {
    const namespace = await world.namespace('on-early');
    await world.deployment('web', { namespace, node: 'early' }, 1);
    await world.budget('web', namespace, 'web', 1);
    const running = await plugin.start(['on', 'early', 'late', '--max-parallel=1', '--max-unavailable=100%']);
    await until('the first is being drained', () => running.said().includes('waits: '));
    await replica('new', 'late');
    await world.remove(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`);
    const { code, stderr } = await running.ended;
    expect(code).toBe(3);
    expect(stderr).toContain(`error: ${LAST}new (--allow-data-loss=longhorn/new goes on all the same)`);
    expect(stderr).toContain('nothing was changed on late');
    expect(await stateOf('early')).toMatchObject({ label: 'complete' });
    expect(await stateOf('late')).toEqual(FREE);
  });

  test('two runs at the same moment, each of which leaves the other replica: one backs out', async () => {
    let isTaken = false;
    const fault = async ({ method, path }: Arrived): Promise<undefined> => {
      if (isTaken || method !== 'PATCH' || !path.startsWith('/api/v1/nodes/one')) return;
      isTaken = true;
      expect(await plugin.maint(['on', 'other'])).toMatchObject({ code: 0 });
    };
    const { code, stderr } = await asking(['on', 'one'], { fault });
    expect(code).toBe(3);
    expect(stderr).toContain(`${LAST}race`);
    expect(stderr).toContain('somebody took other into maintenance at the same time');
    expect(await stateOf('one')).toEqual(FREE);
    expect(await stateOf('other')).toMatchObject({ label: 'complete' });
  });
});
