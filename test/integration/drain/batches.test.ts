import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { faultProxy } from '../../support/fault-proxy.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

/** With a limit, nodes are marked and drained one batch after the other; what a batch promises, and what becomes of the rest. */

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const POOLS = ['order', 'blocked', 'barred', 'back', 'late', 'limit', 'stop'];
const nodesOf = (pool: string): readonly string[] => Array.from({ length: 5 }, (_, index) => `${pool}-${index + 1}`);

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: POOLS.flatMap(nodesOf).map((name) => ({ name })),
    podReadyMs: 200,
    podGoneMs: 200,
  });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

const BY_TWO = ['--max-parallel=2', '--max-unavailable=100%'];
/** For a node that is blocked; its neighbours without pods are drained by then: they ask a few things, each answered in milliseconds. */
const GIVES_UP = '--timeout=5s';

/** A pod that its budget keeps on a node. Returns how the budget is taken away. */
async function blocked(node: string): Promise<() => Promise<void>> {
  const namespace = await world.namespace(`on-${node}`);
  await world.deployment('web', { namespace, node }, 1);
  await world.budget('web', namespace, 'web', 1);
  return () => world.remove(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`);
}

async function states(pool: string): Promise<readonly string[]> {
  const nodes = await Promise.all(nodesOf(pool).map(async (name) => maintenanceOf(await world.node(name))));
  return nodes.map(({ label, unschedulable }) => `${label ?? 'none'}${unschedulable ? ', cordoned' : ''}`);
}

const [DONE, BEGUN, FREE] = ['complete, cordoned', 'initiated, cordoned', 'none'];

function eventsIn(stdout: string): readonly unknown[] {
  return stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

test('a batch is marked when the one before it is drained', async () => {
  const { code, stdout } = await plugin.maint(['on', ...nodesOf('order'), ...BY_TWO, '-o', 'json']);
  expect(code).toBe(0);
  const order = eventsIn(stdout).flatMap((event) => {
    const [type, node] = [textAt(event, 'type') ?? '', textAt(event, 'node') ?? ''];
    return ['cordoned', 'drained'].includes(type) ? [`${type} ${node}`] : [];
  });
  expect(order.slice(0, 2)).toEqual(['cordoned order-1', 'cordoned order-2']);
  expect(order.slice(2, 4).sort()).toEqual(['drained order-1', 'drained order-2']);
  expect(order.slice(4, 6)).toEqual(['cordoned order-3', 'cordoned order-4']);
  expect(order.slice(8)).toEqual(['cordoned order-5', 'drained order-5']);
  expect(eventsIn(stdout).at(-1)).toMatchObject({ type: 'summary', left: [], notBegun: [] });
});

describe('a node that is not drained', () => {
  test('is in the last batch: what is behind it is not touched, and is named', async () => {
    await blocked('blocked-3');
    const asked = ['on', ...nodesOf('blocked'), ...BY_TWO, GIVES_UP];
    const { code, stderr } = await plugin.maint(asked);
    expect(code).toBe(5);
    expect(stderr).toMatch(
      /^3 of 5 nodes are drained, not: blocked-3 \(disruption budget .*\); not begun, and as they were: blocked-5$/m,
    );
    expect(await states('blocked')).toEqual([DONE, DONE, BEGUN, DONE, FREE]);

    const again = eventsIn((await plugin.maint([...asked, '-o', 'json'])).stdout);
    expect(again.findLast((event) => textAt(event, 'type') === 'summary')).toMatchObject({
      drained: ['blocked-1', 'blocked-2', 'blocked-4'],
      left: ['blocked-3'],
      notBegun: ['blocked-5'],
    });
  });

  test('with --rollback: the marks of all batches are taken back', async () => {
    await blocked('back-3');
    const { code, stdout } = await plugin.maint(['on', ...nodesOf('back'), ...BY_TWO, GIVES_UP, '--rollback']);
    expect(code).toBe(5);
    expect(stdout.match(/rolled back: uncordoned/g)).toHaveLength(4);
    expect(await states('back')).toEqual([FREE, FREE, FREE, FREE, FREE]);
  });
});

test('a mark that fails: those of its batch are taken back, the batches before it stay, those behind it are not touched', async () => {
  const denied = { status: 403, body: { kind: 'Status', status: 'Failure', code: 403, message: 'you may not' } };
  await using proxy = await faultProxy(plane, ({ method, path }) =>
    method === 'PATCH' && path.startsWith('/api/v1/nodes/barred-4?') ? denied : undefined,
  );
  const { code, stderr } = await plugin.maint(['on', ...nodesOf('barred'), ...BY_TWO, '--server', proxy.url]);
  expect(code).toBe(4);
  expect(stderr).toContain('error: unable to mark and cordon node barred-4: you may not');
  expect(stderr).toContain(
    'hint: not begun, and as they were: barred-5; nothing was evicted from the nodes of this batch; the mark of this run was taken back on barred-3; node barred-4 was not changed',
  );
  expect(await states('barred')).toEqual([DONE, DONE, FREE, FREE, FREE]);
});

describe('what changed since the preflight is seen before a later batch is marked', () => {
  test('a pod that needs a flag', async () => {
    const free = await blocked('late-1');
    const running = await plugin.start(['on', ...nodesOf('late'), ...BY_TWO]);
    await until('the first batch is blocked', () => running.said().includes('waits: '));
    await world.pod('bare', { namespace: 'default', node: 'late-4' });
    await free();
    const { code, stderr } = await running.ended;
    expect(code).toBe(3);
    expect(stderr).toContain('error: node late-4: cannot delete Pods that declare no controller');
    expect(stderr).toContain(
      'hint: not begun, and as they were: late-3 late-4 late-5; nothing was changed on late-3 late-4',
    );
    expect(await states('late')).toEqual([DONE, DONE, FREE, FREE, FREE]);
  });

  test('nodes that somebody else took: the limit holds for each batch', async () => {
    const free = await blocked('limit-1');
    const others = POOLS.filter((pool) => pool !== 'limit').flatMap(nodesOf);
    const running = await plugin.start(['on', ...nodesOf('limit'), '--max-parallel=2', '--max-unavailable=29']);
    await until('the first batch is blocked', () => running.said().includes('waits: '));
    for (const node of others) await world.patch(`/api/v1/nodes/${node}`, { spec: { unschedulable: true } });
    await free();
    const { code, stderr } = await running.ended;
    expect(code).toBe(3);
    expect(stderr).toContain('error: 34 of 35 workers would be out of service, and --max-unavailable allows 29');
    expect(await states('limit')).toEqual([DONE, DONE, FREE, FREE, FREE]);
    for (const node of nodesOf('stop')) await world.patch(`/api/v1/nodes/${node}`, { spec: { unschedulable: null } });
  });
});

test('interrupted: what is begun stays, what is not is named', async () => {
  await blocked('stop-1');
  const running = await plugin.start(['on', ...nodesOf('stop'), ...BY_TWO]);
  await until('the first batch is blocked', () => running.said().includes('waits: '));
  running.signal('SIGINT');
  const { code, stderr } = await running.ended;
  expect(code).toBe(130);
  expect(stderr).toContain(
    'interrupted: stop-1 stop-2 stay marked and cordoned; run the same command again to go on, or kubectl maint off stop-1 stop-2; not begun, and as they were: stop-3 stop-4 stop-5',
  );
  expect((await states('stop')).slice(2)).toEqual([FREE, FREE, FREE]);
});
