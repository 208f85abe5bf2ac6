import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAt, numberAt, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

/** Several nodes at once: budgets that they share, how many at a time, and runs that would break a guard together. */

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const SHARED = ['shared-1', 'shared-2', 'shared-3'];
const SPARE = ['spare-1', 'spare-2'];
const MANY = Array.from({ length: 40 }, (_, index) => `many-${index + 1}`);
const LIMITED = ['limited-1', 'limited-2', 'limited-3', 'limited-4'];

beforeAll(async () => {
  const labelled = (names: readonly string[], pool: string) => names.map((name) => ({ name, labels: { pool } }));
  plane = await startControlPlane({
    nodes: [
      ...labelled([...SHARED, ...SPARE], 'shared'),
      ...labelled(MANY, 'many'),
      ...labelled(LIMITED, 'limited'),
      { name: 'turn-1', labels: { pool: 'turn' } },
      { name: 'turn-2', labels: { pool: 'turn' } },
    ],
    podReadyMs: 300,
    podGoneMs: 300,
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

async function ready(namespace: string, name: string): Promise<number> {
  const deployment = await world.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  return numberAt(deployment, 'status', 'readyReplicas') ?? 0;
}

async function cordon(nodes: readonly string[], unschedulable: boolean): Promise<void> {
  for (const node of nodes) await world.patch(`/api/v1/nodes/${node}`, { spec: { unschedulable } });
}

describe('a budget that several nodes share', () => {
  test('is never overdrawn: at most one pod of an app is missing, whatever the nodes', async () => {
    const namespace = await world.namespace('shared');
    await cordon(SPARE, true);
    const apps = ['one', 'two', 'three'];
    for (const app of apps) {
      await world.deployment(app, { namespace, labels: { pool: 'shared' } }, 6);
      await world.budget(app, namespace, app, 5);
    }
    await until('every budget allows one', async () => {
      const budgets = await world.get(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`);
      return listAt(budgets, 'items').every((budget) => numberAt(budget, 'status', 'disruptionsAllowed') === 1);
    });
    await cordon(SPARE, false);
    const fewest = new Map(apps.map((app) => [app, 6]));
    const running = await plugin.start(['on', ...SHARED]);
    let isOver = false;
    void running.ended.then(() => {
      isOver = true;
    });
    await until('the drain is over', async () => {
      for (const app of apps) fewest.set(app, Math.min(fewest.get(app) ?? 0, await ready(namespace, app)));
      return isOver;
    });
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: 0 });
    expect([...fewest.values()].every((least) => least >= 5)).toBe(true);
    for (const node of SHARED) expect(await world.podsOn(node)).toEqual([]);
    // Each app gives one pod at a time; the rest of it waits in turn and asks for nothing.
    expect(ran.stderr).toMatch(/disruption budget shared\/one needs 5 healthy pods and has [56]/);
  });
});

test('more nodes than connections are drained at once', async () => {
  const flags = ['--max-parallel=0', '--max-unavailable=100%', '--timeout=60s'];
  const ran = await plugin.maint(['on', '-l', 'pool=many', ...flags]);
  expect(ran.stderr).toMatch(/^context kubectl-maint-test, cluster kubectl-maint-test\n/);
  expect(ran).toMatchObject({ code: 0 });
  const drained = ran.stdout.split('\n').filter((line) => line.endsWith(' drained'));
  expect(drained).toHaveLength(MANY.length);
});

test('--max-parallel=1 drains one after the other', async () => {
  const namespace = await world.namespace('turn');
  await world.deployment('web', { namespace, labels: { pool: 'turn' } }, 4);
  const ran = await plugin.maint(['on', 'turn-1', 'turn-2', '--max-parallel=1', '-o', 'json', '--timeout=20s']);
  const events = ran.stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const order = events
    .filter((event) => ['evicted', 'drained'].includes(textAt(event, 'type') ?? ''))
    .map((event) => textAt(event, 'node'));
  // Nothing can take the pods of the second node back to the first: both are cordoned before either is drained.
  expect(order).toEqual([...order].sort());
  expect(events.slice(0, 5).map((event) => textAt(event, 'type'))).toContain('cordoned');
  expect(ran.code).toBe(0);
});

describe('--max-unavailable', () => {
  const workers = SHARED.length + SPARE.length + MANY.length + LIMITED.length + 2;

  test.each([
    ['1', `4 of ${workers} workers would be out of service`],
    ['1%', `4 of ${workers} workers would be out of service`],
  ])('%s: more than that is refused, nothing is changed', async (limit, text) => {
    await plugin.maint(['off', '-l', 'pool', '--skip-health-check']);
    const ran = await plugin.maint(['on', ...LIMITED, '--mode=cordon', '--max-unavailable', limit]);
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toContain(text);
    expect(ran.stderr).toContain('--max-unavailable allows ');
    expect(maintenanceOf(await world.node('limited-1'))).toMatchObject({ label: undefined, unschedulable: false });
  });

  test('of runs at the same time, so many go ahead as are allowed together, and the others back out', async () => {
    const runs = await Promise.all(
      LIMITED.map((node) =>
        plugin.maint(['on', node, '--mode=cordon', '--max-unavailable=1', '--owner', `owner-of-${node}`]),
      ),
    );
    const held = await Promise.all(LIMITED.map(async (node) => maintenanceOf(await world.node(node)).label));
    expect(held.filter((label) => label !== undefined).length).toBeLessThanOrEqual(1);
    // Whoever backed out says so, and has left its node as it was.
    for (const [index, { code, stderr }] of runs.entries()) {
      expect(code).toBe(held[index] === undefined ? 3 : 0);
      if (code === 3) expect(stderr).toMatch(/--max-unavailable allows 1/);
      const state = maintenanceOf(await world.node(LIMITED[index] ?? ''));
      expect(state.unschedulable).toBe(held[index] !== undefined);
    }
  });
});
