import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, listAt, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { faultProxy, type Arrived } from '../../support/fault-proxy.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { killedAt } from '../../support/killed-at.ts';
import { until } from '../../support/until.ts';
import { FREE, maintenanceOf, Workloads } from '../../support/workloads.ts';

/** What a node's record says after any end of a run, and what a second run makes of it. */

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const NODES = [
  'killed-before',
  'killed-after',
  'expired',
  'away',
  'back',
  'claimed',
  'cordoned',
  'stopped',
  'half-1',
  'half-2',
];

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: [...NODES, 'spare'].map((name) => ({ name })),
    users: [
      { name: 'ana', groups: ['system:masters'] },
      { name: 'ben', groups: ['system:masters'] },
    ],
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

const isWrite = ({ method }: Arrived): boolean => method !== 'GET';

/** A node is either untouched, or marked AND cordoned with a record that can be read: there is no third state. */
async function expectTruth(node: string, cordonedBefore: boolean): Promise<'untouched' | 'marked'> {
  const { label, record, unschedulable } = maintenanceOf(await world.node(node));
  if (record === undefined) {
    expect({ label, unschedulable }).toEqual({ label: undefined, unschedulable: cordonedBefore });
    return 'untouched';
  }
  expect(['initiated', 'complete']).toContain(label);
  expect(unschedulable).toBe(true);
  expect(textAt(record, 'initiatedAt')).toMatch(/^\d{4}-/);
  expect(listAt(record, 'claims').map((claim) => textAt(claim, 'owner'))).toEqual(['ana']);
  if (label === 'complete') expect(await world.podsOn(node)).toEqual([]);
  return 'marked';
}

describe('killed at every step of a drain', () => {
  test.concurrent.each(['before', 'after'] as const)(
    'each write, %s the API server has it: the record is right, and a second run completes it',
    { timeout: 300_000 },
    async (when) => {
      const node = `killed-${when}`;
      const namespace = await world.namespace(node);
      const seen = new Set<string>();
      for (let write = 1; ; write += 1) {
        await world.deployment('web', { namespace, node }, 2);
        const end = await killedAt(['on', node, '--owner', 'ana'], { write, when, isWrite }, plane);
        if (end === 'ended') break;
        seen.add(await expectTruth(node, false));
        expect(await plugin.maint(['on', node, '--owner', 'ana', '--timeout=30s'])).toMatchObject({ code: 0 });
        expect(maintenanceOf(await world.node(node))).toMatchObject({
          label: 'complete',
          record: { before: { cordoned: false } },
        });
        expect(await world.podsOn(node)).toEqual([]);
        await plane.api('DELETE', `/apis/apps/v1/namespaces/${namespace}/deployments/web`);
        expect(await plugin.maint(['off', node, '--owner', 'ana', '--skip-health-check'])).toMatchObject({ code: 0 });
        expect(maintenanceOf(await world.node(node))).toEqual(FREE);
        await until('no pods are left', async () => (await podsIn(namespace)) === 0);
      }
      // Before the mark nothing was done; from it on the record tells.
      expect([...seen].sort()).toEqual(['marked', 'untouched']);
    },
  );
});

async function podsIn(namespace: string): Promise<number> {
  return listAt(await world.get(`/api/v1/namespaces/${namespace}/pods`), 'items').length;
}

test('credentials that expire in the middle: exit 4 or 5, the record says Initiated, and a second run completes it', async () => {
  const [namespace, node] = [await world.namespace('expired'), 'expired'];
  await world.deployment('web', { namespace, node }, 3);
  let isExpired = false;
  const unauthorized = { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'Unauthorized', code: 401 };
  await using proxy = await faultProxy(plane, ({ path }) => {
    if (path.endsWith('/eviction')) isExpired = true;
    return isExpired ? { status: 401, body: unauthorized } : undefined;
  });
  const ran = await plugin.maint(['on', node, '--server', proxy.url, '--timeout=5s']);
  expect(ran.code).toBe(4);
  expect(ran.stderr).toContain('Unauthorized');
  expect(ran.stderr).toContain('run the same command again to go on');
  expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'initiated', unschedulable: true });
  expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
});

test('an API server that goes away and comes back: the drain goes on by itself', async () => {
  const [namespace, node] = [await world.namespace('away'), 'away'];
  await world.deployment('web', { namespace, node }, 2);
  await world.budget('web', namespace, 'web', 2);
  const running = await plugin.start(['on', node, '--timeout=90s']);
  await until('it waits', () => running.said().includes('waits: '));
  await plane.stopApiServer();
  await until('it has noticed', () => running.said().includes('watching the pods on node away again'));
  await plane.startApiServer();
  await plane.api('DELETE', `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`);
  expect(await running.ended).toMatchObject({ code: 0 });
  expect(maintenanceOf(await world.node(node)).label).toBe('complete');
});

describe('--rollback', () => {
  async function blocked(node: string): Promise<void> {
    const namespace = await world.namespace(node);
    await world.deployment('web', { namespace, node }, 1);
    await world.budget('web', namespace, 'web', 1);
  }

  test('a drain that gives up leaves the node as it was', async () => {
    await blocked('back');
    const before = await world.node('back');
    const ran = await plugin.maint(['on', 'back', '--timeout=2s', '--rollback']);
    expect(ran.code).toBe(5);
    expect(ran.stdout).toContain('node/back rolled back: uncordoned\n');
    const after = await world.node('back');
    expect(maintenanceOf(after)).toEqual(FREE);
    expect(annotationsOf(after)).toEqual(annotationsOf(before));
  });

  test('a cordon from before stays', async () => {
    await world.patch('/api/v1/nodes/cordoned', { spec: { unschedulable: true } });
    await stuck('cordoned');
    const ran = await plugin.maint(['on', 'cordoned', '--force', '--timeout=2s', '--rollback']);
    expect(ran.stdout).toContain('node/cordoned rolled back: cordoned, as it was before\n');
    expect(maintenanceOf(await world.node('cordoned'))).toMatchObject({ record: undefined, unschedulable: true });
  });

  /** A pod that never ends, on a node that a cordon does not keep it off. */
  async function stuck(node: string): Promise<void> {
    const namespace = await world.namespace(node);
    await world.pod('web', { namespace, node }, { annotations: { 'pod-delete.stage.kwok.x-k8s.io/delay': '1h' } });
  }

  test("claims of others, and this owner's from before, stay as they were", async () => {
    const node = 'claimed';
    expect(await plugin.maint(['on', node, '--mode=cordon', '--owner', 'ana', '--reason', 'first'])).toMatchObject({
      code: 0,
    });
    expect(await plugin.maint(['on', node, '--mode=cordon', '--owner', 'ben'])).toMatchObject({ code: 0 });
    const before = maintenanceOf(await world.node(node));
    await stuck(node);
    const ran = await plugin.maint(['on', node, '--owner', 'ana', '--force', '--timeout=2s', '--rollback']);
    expect(ran.code).toBe(5);
    expect(maintenanceOf(await world.node(node))).toMatchObject({
      label: before.label,
      record: {
        ...(before.record as object),
        claims: expect.arrayContaining([...listAt(before.record, 'claims')]) as unknown,
      },
    });
  });

  test('an interrupt rolls back, too', async () => {
    await blocked('stopped');
    const running = await plugin.start(['on', 'stopped', '--rollback']);
    await until('it waits', () => running.said().includes('waits: '));
    running.signal('SIGINT');
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain('interrupted: the mark of this run was taken back on stopped');
    expect(maintenanceOf(await world.node('stopped'))).toMatchObject({ record: undefined, unschedulable: false });
  });
});

test('a node that cannot be marked leaves the others as they were', async () => {
  await using proxy = await faultProxy(plane, ({ method, path }) => {
    if (method !== 'PATCH' || !path.startsWith('/api/v1/nodes/half-2?')) return undefined;
    return { status: 500, body: { kind: 'Status', message: 'etcd is away', code: 500 } };
  });
  const ran = await plugin.maint(['on', 'half-1', 'half-2', '--server', proxy.url]);
  expect(ran.code).toBe(4);
  expect(ran.stderr).toContain('error: unable to mark and cordon node half-2: etcd is away');
  expect(ran.stderr).toContain('hint: nothing was evicted; the mark of this run was taken back on half-1');
  expect(maintenanceOf(await world.node('half-1'))).toMatchObject({ record: undefined, unschedulable: false });
});

function annotationsOf(node: unknown): unknown {
  return at(node, 'metadata', 'annotations');
}
