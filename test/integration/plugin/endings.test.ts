import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type Arrived, faultProxy, type Instead } from '../../support/fault-proxy.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

/** What a command says at its end is what has really become of each node, whatever failed on the way. */

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const NODES = [
  'marked',
  'unlisted',
  'ridden',
  'completed',
  'released',
  'timed',
  'barred',
  'uncordoned',
  'deleted',
  'other',
  'unwritten',
  'patient',
  'denied',
  'pair-1',
  'pair-2',
];

beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES.map((name) => ({ name })) });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

const FREE = { label: undefined, record: undefined, unschedulable: false };
const AWAY: Instead = {
  status: 503,
  body: { kind: 'Status', status: 'Failure', code: 503, message: 'apiserver is away' },
};

/** Whether it is a write of the Node itself that says this. */
function isWriteOf(node: string, text: string, { method, path, body }: Arrived): boolean {
  return method === 'PATCH' && path.startsWith(`/api/v1/nodes/${node}?`) && body.includes(text);
}

/** The server does what the first such write asks for, and then says that it failed. */
function doneAndDenied(node: string, text: string) {
  let isDone = false;
  return faultProxy(plane, async (arrived) => {
    if (isDone || !isWriteOf(node, text, arrived)) return undefined;
    isDone = true;
    const change: unknown = JSON.parse(arrived.body);
    if (typeof change === 'object' && change !== null) await world.patch(`/api/v1/nodes/${node}`, change);
    return AWAY;
  });
}

/** A pod that its budget keeps. */
async function blocked(node: string): Promise<string> {
  const namespace = await world.namespace(node);
  await world.deployment('web', { namespace, node }, 1);
  await world.budget('web', namespace, 'web', 1);
  return namespace;
}

describe('a write that was carried out, and failed', () => {
  test.each([
    ['the mark', { node: 'marked', flags: [], text: '"initiated"' }],
    ['the completion', { node: 'completed', flags: ['--rollback'], text: '"complete"' }],
  ])('%s: the drain goes on, and nothing is taken back', async (_what, { node, flags, text }) => {
    await using proxy = await doneAndDenied(node, text);
    const ran = await plugin.maint(['on', node, ...flags, '--server', proxy.url]);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain(`node/${node} drained`);
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'complete', unschedulable: true });
  });

  test('the release: the node is out of maintenance, and that is what is said', async () => {
    const node = 'released';
    expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
    await using proxy = await doneAndDenied(node, '"unschedulable":null');
    const ran = await plugin.maint(['off', node, '--healthy-for=0', '--server', proxy.url]);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toContain(`node/${node} out of maintenance`);
    expect(maintenanceOf(await world.node(node))).toMatchObject(FREE);
  });
});

describe('a node that is drained, and whose record cannot be completed', () => {
  const failing = (node: string, answer: Instead, times = Infinity) => {
    let left = times;
    return faultProxy(plane, (arrived) => {
      // A drain that ends for another reason, whenever that is.
      if (arrived.path.endsWith('/eviction')) return status(403, 'you may not');
      if (!isWriteOf(node, '"complete"', arrived)) return undefined;
      left -= 1;
      return left >= 0 ? answer : undefined;
    });
  };
  const status = (code: number, message: string): Instead => ({
    status: code,
    body: { kind: 'Status', status: 'Failure', code, message },
  });

  test('for a while: it is tried again, longer than any other write', async () => {
    await using proxy = await failing('patient', AWAY, 5);
    const ran = await plugin.maint(['on', 'patient', '--rollback', '--server', proxy.url]);
    expect(ran).toMatchObject({ code: 0 });
    expect(maintenanceOf(await world.node('patient'))).toMatchObject({ label: 'complete', unschedulable: true });
  });

  test.each([
    ['unwritten', AWAY, 'but nobody knows whether its record says so: apiserver is away'],
    ['denied', status(403, 'you may not'), 'but its record could not be completed: you may not'],
  ])('for good (%s): --rollback does not give it back, and what is not known is said', async (node, answer, said) => {
    await using proxy = await failing(node, answer);
    const ran = await plugin.maint(['on', node, '--rollback', '--server', proxy.url]);
    expect(ran).toMatchObject({ code: 4 });
    expect(ran.stderr).toContain(`error: node ${node} is drained, ${said}`);
    expect(ran.stderr).toContain(
      `hint: node ${node} stays in maintenance, cordoned; kubectl maint status ${node} tells`,
    );
    expect(ran.stdout).not.toContain('rolled back');
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'initiated', unschedulable: true });
    expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'complete', unschedulable: true });
  });

  test('beside one that is not drained: only that one is given back', async () => {
    const [node, other] = ['pair-1', 'pair-2'];
    const namespace = await world.namespace(other);
    await world.deployment('web', { namespace, node: other }, 1);
    await using proxy = await failing(node, AWAY);
    const ran = await plugin.maint(['on', node, other, '--rollback', '--server', proxy.url]);
    expect(ran).toMatchObject({ code: 4 });
    expect(ran.stderr).toContain(`error: node ${other}: 1 of 1 pods left on node ${other}: not allowed to evict`);
    expect(ran.stderr).toContain(`error: node ${node}: node ${node} is drained, but nobody knows`);
    expect(ran.stderr).toContain(`node/${node} stays in maintenance: it is drained`);
    expect(ran.stdout).toContain(`node/${other} rolled back: uncordoned`);
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'initiated', unschedulable: true });
    expect(maintenanceOf(await world.node(other))).toMatchObject(FREE);
  });
});

describe('the list after the mark', () => {
  const failing = (times: number) => {
    let left = times;
    return faultProxy(plane, ({ path }) => {
      if (!path.includes('resourceVersionMatch=Exact')) return undefined;
      left -= 1;
      return left >= 0 ? AWAY : undefined;
    });
  };

  test('fails twice: it is read again', async () => {
    await using proxy = await failing(2);
    expect(await plugin.maint(['on', 'ridden', '--server', proxy.url])).toMatchObject({ code: 0 });
  });

  test('fails for good: nothing is evicted, the mark is taken back, and both are said', async () => {
    const node = 'unlisted';
    await using proxy = await faultProxy(plane, ({ path }) =>
      path.includes('labelSelector=kubectl-maint.io%2Fmaintenance') ? AWAY : undefined,
    );
    const ran = await plugin.maint(['on', node, '--server', proxy.url]);
    expect(ran).toMatchObject({ code: 4 });
    expect(ran.stderr).toContain('apiserver is away');
    expect(ran.stderr).toContain(`hint: nothing was evicted; the mark of this run was taken back on ${node}`);
    expect(maintenanceOf(await world.node(node))).toMatchObject(FREE);
  });
});

describe('with --rollback', () => {
  test('a drain that takes too long: the node is free, and nothing claims that it stays', async () => {
    const node = 'timed';
    await blocked(node);
    const ran = await plugin.maint(['on', node, '--rollback', '--timeout=1s']);
    expect(ran).toMatchObject({ code: 5 });
    expect(ran.stdout).toContain(`node/${node} rolled back: uncordoned`);
    expect(ran.stderr).toContain(`hint: the mark of this run was taken back on ${node}\n`);
    expect(ran.stderr).not.toContain('stay');
    expect(maintenanceOf(await world.node(node))).toMatchObject(FREE);
  });

  test('that fails itself: the first error is the one that ends the command, and the node is said to stay', async () => {
    const node = 'barred';
    await blocked(node);
    await using proxy = await faultProxy(plane, (arrived) =>
      isWriteOf(node, '"unschedulable":null', arrived)
        ? { status: 403, body: { kind: 'Status', status: 'Failure', code: 403, message: 'you may not' } }
        : undefined,
    );
    const ran = await plugin.maint(['on', node, '--rollback', '--timeout=1s', '--server', proxy.url]);
    expect(ran).toMatchObject({ code: 5 });
    expect(ran.stderr).toContain(`error: gave up waiting, 1 of 1 pods left on node ${node}`);
    expect(ran.stderr).toContain(`error: node ${node}: its mark could not be taken back: you may not`);
    expect(ran.stderr).toContain(`on ${node} it could not be, and may stay (kubectl maint status ${node})`);
    expect(ran.stdout).not.toContain('rolled back');
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'initiated', unschedulable: true });
  });
});

describe('somebody changes the node while it is drained', () => {
  test('uncordons it: told at once, nothing more is evicted, and it is not Complete', async () => {
    const node = 'uncordoned';
    const namespace = await blocked(node);
    const running = await plugin.start(['on', node]);
    await until('the drain is blocked', () => running.said().includes('waits: '));
    expect(await plane.kubectl(['uncordon', node])).toMatchObject({ code: 0 });
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: 5 });
    expect(ran.stderr).toContain(`error: somebody uncordoned node ${node} while it was drained`);
    expect(ran.stderr).not.toContain('stays marked and cordoned');
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'initiated', unschedulable: false });

    await plane.kubectl(['delete', 'pdb', 'web', '--namespace', namespace]);
    expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
    expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'complete', unschedulable: true });
    await plane.kubectl(['uncordon', node]);
    const { stdout } = await plugin.maint(['status', node, '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      items: [
        { schedulable: true, problems: [expect.stringContaining('uncordoned')], deletion: { verdict: 'blocked' } },
      ],
    });
  });

  test('deletes it: that is what is said, and not that somebody ended the maintenance', async () => {
    const node = 'deleted';
    await blocked(node);
    const running = await plugin.start(['on', node]);
    await until('the drain is blocked', () => running.said().includes('waits: '));
    await plane.kubectl(['delete', 'node', node, '--wait=false']);
    const ran = await running.ended;
    expect(ran).toMatchObject({ code: expect.toSatisfy((code) => code === 0 || code === 5) as unknown });
    expect(ran.stderr).toContain(`node ${node} was deleted`);
    expect(ran.stderr).not.toContain('ended meanwhile by somebody else');
  });
});
