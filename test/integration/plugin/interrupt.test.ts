import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, EVENTS, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { faultProxy } from '../../support/fault-proxy.ts';
import { BIN, type PluginRunner, pluginEnvironment, pluginRunner, startProgram } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';
import { like } from '../../support/like.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const NODES = [
  ...['sigint', 'sigterm', 'sighup', 'sigkill', 'early', 'direct'],
  ...['off', 'off-first', 'off-next', 'off-done', 'off-last'],
  'allowed',
];

beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES.map((name) => ({ name })) });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

/** A node with two pods of which a budget lets only one go. */
async function halfBlocked(node: string): Promise<{ readonly open: () => Promise<unknown> }> {
  const namespace = await world.namespace(node);
  await world.deployment('web', { namespace, node }, 2);
  await world.budget('web', namespace, 'web', 1);
  const path = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/web`;
  return { open: () => world.patch(path, { spec: { minAvailable: 0 } }) };
}

describe('in the middle of a drain', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s: exit 130, the record says Initiated and what is left, and a second `on` completes it',
    async (signal) => {
      const node = signal.toLowerCase();
      const { open } = await halfBlocked(node);
      const running = await plugin.start(['on', node, '--reason', 'first']);
      await until('one pod went and one waits', () => /evicted[^]*waits: |waits: [^]*evicted/.test(running.said()));
      running.signal(signal);
      const ran = await running.ended;
      expect(ran.code).toBe(130);
      expect(ran.stderr).toMatch(
        new RegExp(`^  disruption budget ${node}/web needs 1 healthy pods and has 1.*: ${node}/web-\\S+$`, 'm'),
      );
      expect(ran.stderr).toContain(
        `interrupted: ${node} stays marked and cordoned; run the same command again to go on`,
      );
      const stopped = maintenanceOf(await world.node(node));
      expect(stopped).toMatchObject({ label: 'initiated', unschedulable: true });
      expect(stopped.record).not.toHaveProperty('completedAt');
      expect(stopped.conditions['DrainInProgress']).toMatch(/^True: 1 of 2 pods left \(/);
      // The end of the command is no reason that anything of a pod's could be.
      expect(await world.events(node)).not.toContainEqual(like('interrupted'));

      await open();
      const again = await plugin.maint(['on', node]);
      expect(again).toMatchObject({ code: 0 });
      expect(again.stdout).toContain(`node/${node} already cordoned`);
      expect(again.stdout).toContain(`node/${node} drained`);
      expect(maintenanceOf(await world.node(node))).toMatchObject({
        label: 'complete',
        record: { before: { cordoned: false }, claims: [{ owner: 'admin', reason: 'first' }] },
      });
    },
  );

  test('kill -9: nothing is lost, and a second `on` completes it', async () => {
    const node = 'sigkill';
    const { open } = await halfBlocked(node);
    const running = await plugin.start(['on', node, '--reason', 'first']);
    // Killed in the middle of an eviction, the API server may have taken it from the budget and not deleted the pod; the
    // budget gets it back after two minutes (k8s pkg/controller/disruption, DeletionTimeout).
    await until('one pod went and one waits', () => /evicted[^]*waits: |waits: [^]*evicted/.test(running.said()));
    await until('it has given a sign', async () => {
      return maintenanceOf(await world.node(node)).conditions['DrainInProgress']?.startsWith('True') === true;
    });
    running.signal('SIGKILL');
    expect(await running.ended).toMatchObject({ signal: 'SIGKILL' });
    expect((await plugin.maint(['status', node])).stdout).toMatch(/^State: +Initiated \(drain\)$/m);
    // Three minutes later.
    const lastHeartbeatTime = new Date(Date.now() - 180_000).toISOString().replace(/\.\d+Z$/, 'Z');
    const sign = JSON.stringify({ status: { conditions: [{ type: 'DrainInProgress', lastHeartbeatTime }] } });
    const aged = await plane.kubectl(['patch', 'node', node, '--subresource=status', '--type=strategic', '-p', sign]);
    expect(aged, aged.stderr).toMatchObject({ code: 0 });
    expect((await plugin.maint(['status', node])).stdout).toMatch(/^State: +Stopped 3m(?:\d+s)? ago \(drain\)$/m);
    const status = await plugin.maint(['status', node, '-ojson']);
    expect(at(JSON.parse(status.stdout), 'items')).toMatchObject([
      { state: 'Initiated', stoppedSince: lastHeartbeatTime },
    ]);
    expect((await plugin.maint(['status'])).stderr).toContain(`hint: nobody goes on with the drain of ${node}: `);
    const record = maintenanceOf(await world.node(node)).record;
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'initiated', unschedulable: true });

    await open();
    expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
    const complete = maintenanceOf(await world.node(node));
    expect(complete.label).toBe('complete');
    expect(textAt(complete.record, 'initiatedAt')).toBe(textAt(record, 'initiatedAt'));
    expect(await plugin.maint(['off', node, '--healthy-for', '0'])).toMatchObject({ code: 0 });
    expect(maintenanceOf(await world.node(node))).toMatchObject({ record: undefined, unschedulable: false });
  });

  test('the same when the plugin is started without kubectl', async () => {
    const node = 'direct';
    await halfBlocked(node);
    const running = startProgram(BIN, ['on', node], pluginEnvironment(plane.kubeconfig));
    await until('one pod waits', () => running.said().includes('waits: '));
    running.signal('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130 });
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'initiated' });
  });
});

describe('at other moments', () => {
  test('before anything was written: it says so', async () => {
    const asked = Promise.withResolvers<undefined>();
    const release = Promise.withResolvers<undefined>();
    await using proxy = await faultProxy(plane, async ({ path }) => {
      if (path !== '/api/v1/nodes/early') return undefined;
      asked.resolve(undefined);
      return release.promise;
    });
    const running = await plugin.start(['on', 'early', '--server', proxy.url]);
    await asked.promise;
    running.signal('SIGINT');
    release.resolve(undefined);
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: 130, stdout: '' });
    expect(ran.stderr).toContain('interrupted: nothing was changed');
    expect(maintenanceOf(await world.node('early'))).toMatchObject({ label: undefined, unschedulable: false });
  });

  test('while `off` waits for the node: it stays in maintenance, and a second `off` ends it', async () => {
    const node = 'off';
    expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
    const running = await plugin.start(['off', node, '--healthy-for', '10m']);
    await until('it watches the node', () => running.said().includes('clean, watching it for 600s'));
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'returning', unschedulable: true });
    running.signal('SIGINT');
    const ran = await running.ended;
    expect(ran.code).toBe(130);
    expect(ran.stderr).toMatch(/^error: interrupted while waiting for node off: clean for \d+s of 600s$/m);
    expect(ran.stderr).toContain('it stays in maintenance (Returning)');
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'returning', unschedulable: true });
    expect(await plugin.maint(['off', node, '--healthy-for', '0'])).toMatchObject({ code: 0 });
    expect(maintenanceOf(await world.node(node)).record).toBeUndefined();
  });

  test('while `off` waits for one of two nodes: it says of each how far it is', async () => {
    const [first, next] = ['off-first', 'off-next'];
    expect(await plugin.maint(['on', first, next, '--mode=cordon'])).toMatchObject({ code: 0 });
    const running = await plugin.start(['off', first, next, '--healthy-for=10m', '--max-parallel=1']);
    await until('it watches the first', () => running.said().includes('clean, watching it for 600s'));
    running.signal('SIGINT');
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: 130, stdout: '' });
    expect(ran.stderr).toMatch(/^error: node off-first: interrupted while waiting .+\nhint: it stays in maintenance/m);
    expect(ran.stderr).toContain(`node/${next} was not begun: it stays in maintenance\n`);
    expect(maintenanceOf(await world.node(first))).toMatchObject({ label: 'returning', unschedulable: true });
    expect(maintenanceOf(await world.node(next))).toMatchObject({ label: 'complete', unschedulable: true });
    expect(await plugin.maint(['off', first, next, '--healthy-for', '0'])).toMatchObject({ code: 0 });
  });

  test('`off` when one of two nodes is back, and the other about to be looked at', async () => {
    const [first, last] = ['off-done', 'off-last'];
    expect(await plugin.maint(['on', first, last, '--mode=cordon'])).toMatchObject({ code: 0 });
    await using reads = await heldFrom(2, `/api/v1/nodes/${last}`);
    const running = await plugin.start(['off', first, last, '--skip-health-check', '--max-parallel=1', ...reads.flags]);
    await reads.arrived;
    running.signal('SIGINT');
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: 130, stdout: `node/${first} uncordoned\nnode/${first} out of maintenance\n` });
    expect(ran.stderr).toContain(
      `error: node ${last}: interrupted before node ${last} was begun\nhint: it stays in maintenance, as it was\n`,
    );
    expect(ran.stderr).not.toContain('nothing was changed');
    expect(maintenanceOf(await world.node(first))).toMatchObject({ record: undefined });
    expect(maintenanceOf(await world.node(last))).toMatchObject({ label: 'complete', unschedulable: true });
  });

  test('`allow` after its write: it says what it has done', async () => {
    const node = 'allowed';
    expect(await plugin.maint(['on', node, '--mode=cordon'])).toMatchObject({ code: 0 });
    const exception = ['--rules=addon', '--for=30m', '--reason=last'];

    await using reads = await heldFrom(1, EVENTS);
    const late = await plugin.start(['allow', node, ...exception, ...reads.flags]);
    await reads.arrived;
    late.signal('SIGINT');
    const ran = await late.ended;
    expect(ran).toMatchObject({ code: 130, stdout: like(/^node\/allowed addon allowed until \S+Z\n$/) });
    expect(ran.stderr).toContain('are not told to make up for their latest run: interrupted by SIGINT; ');
    expect(ran.stderr).not.toContain('nothing was changed');
  });
});

/** A way to the API server on which requests of a path are never answered, from the nth on. */
async function heldFrom(nth: number, path: string) {
  const { promise: arrived, resolve } = Promise.withResolvers<undefined>();
  let count = 0;
  const proxy = await faultProxy(plane, (request) => {
    const isOfPath = request.path.split('?')[0] === path;
    if (isOfPath) count += 1;
    if (!isOfPath || count < nth) return undefined;
    resolve(undefined);
    return new Promise(() => undefined);
  });
  return { flags: ['--server', proxy.url], arrived, [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose]() };
}
