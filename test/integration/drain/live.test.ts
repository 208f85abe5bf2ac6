import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conditionAt, listAt, podFromObject, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

/** What happens to a node in the middle of its drain. */

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const NEVER = '1h';

beforeAll(async () => {
  const nodes = ['debugged', 'remade', 'other', 'late-theirs', 'late-ours', 'early-theirs', 'early-ours'].map(
    (name) => ({ name }),
  );
  plane = await startControlPlane({ nodes: [{ name: 'dying', mortal: true }, ...nodes] });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

async function conditionOf(node: string, type: string): Promise<unknown> {
  return conditionAt(await world.node(node), type);
}

test('a kubelet that dies: what nobody confirms is not waited for, and not called drained', async () => {
  const [namespace, node] = [await world.namespace('silent'), 'dying'];
  await world.deployment('web', { namespace, node }, 1, {
    annotations: { 'pod-delete.stage.kwok.x-k8s.io/delay': NEVER },
  });
  const running = await plugin.start(['on', node, '-o', 'json', '--timeout=60s']);
  await until('the pod terminates', async () => (await world.podsOn(node)).length === 0);
  await plane.silenceNode(node);
  const { code, stdout } = await running.ended;
  expect(code).toBe(0);
  expect(stdout).toContain('"type":"drain-unconfirmed","node":"dying"');
  expect(stdout).not.toContain('"type":"drained"');
  expect(textAt(await world.node(node), 'metadata', 'annotations', 'kubectl-maint.io/maintenance')).toContain(
    '"unconfirmed":1',
  );
  expect(await conditionOf(node, 'Drained')).toMatchObject({ status: 'Unknown', reason: 'Unconfirmed' });
  expect(await conditionOf(node, 'DrainInProgress')).toMatchObject({ status: 'False', reason: 'Unconfirmed' });
  const again = await plugin.maint(['on', node, '--timeout=30s']);
  expect(again.code).toBe(0);
  expect(again.stdout).toContain('node/dying not confirmed as drained (pods: 1)');
});

test('a pod of kubectl debug that comes meanwhile stays, and is told of', async () => {
  const [namespace, node] = [await world.namespace('debugging'), 'debugged'];
  await world.deployment('web', { namespace, node }, 1, { finalizers: ['example.org/wait'] });
  const [web] = await world.podsOn(node);
  await world.patch(`/api/v1/namespaces/${namespace}/pods/${web ?? ''}`, {
    metadata: { finalizers: ['example.org/wait'] },
  });
  const running = await plugin.start(['on', node, '--timeout=60s']);
  await until('the pod terminates', async () => (await world.podsOn(node)).length === 0);
  await world.create(`/api/v1/namespaces/${namespace}/pods`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'node-debugger', namespace, labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' } },
    spec: {
      nodeName: node,
      tolerations: [{ operator: 'Exists' }],
      containers: [{ name: 'debugger', image: 'example.invalid/none' }],
    },
  });
  await world.patch(`/api/v1/namespaces/${namespace}/pods/${web ?? ''}`, { metadata: { finalizers: null } });
  const { code, stderr } = await running.ended;
  expect(stderr).toContain('new on node debugged, cordon or not, and left there: debugging/node-debugger');
  expect(code).toBe(0);
  expect(maintenanceOf(await world.node(node)).label).toBe('complete');
  expect(await world.podsOn(node)).toEqual(['node-debugger']);
});

/** A node whose only pod terminates until it is let go, so that something can come in the middle of the drain. */
async function heldBy(node: string): Promise<{ namespace: string; letGo: () => Promise<unknown> }> {
  const namespace = await world.namespace(node);
  await world.deployment('web', { namespace, node }, 1);
  const [web] = await world.podsOn(node);
  const path = `/api/v1/namespaces/${namespace}/pods/${web ?? ''}`;
  await world.patch(path, { metadata: { finalizers: ['example.org/wait'] } });
  return { namespace, letGo: () => world.patch(path, { metadata: { finalizers: null } }) };
}

describe('a pod that names the node itself, tolerates no cordon and needs a flag', () => {
  const bare = (namespace: string, node: string) =>
    world.create(`/api/v1/namespaces/${namespace}/pods`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'bare', namespace },
      spec: { nodeName: node, containers: [{ name: 'c', image: 'i' }] },
    });

  test('comes in the middle of the drain: it stays, and is told of; kubectl drain does not see it', async () => {
    const [theirs, ours] = ['late-theirs', 'late-ours'];
    const [held, our] = [await heldBy(theirs), await heldBy(ours)];
    const ended = [
      plane.kubectl(['drain', theirs, '--ignore-daemonsets', '--timeout=60s']),
      plugin.maint(['on', ours, '--timeout=60s']),
    ] as const;
    await until('both pods terminate', async () => {
      return (await world.podsOn(theirs)).length === 0 && (await world.podsOn(ours)).length === 0;
    });
    await bare(held.namespace, theirs);
    await bare(our.namespace, ours);
    await held.letGo();
    await our.letGo();
    const [kubectl, ran] = await Promise.all(ended);
    expect(kubectl.code).toBe(0);
    expect(kubectl.stderr).not.toContain('bare');
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/new on node late-ours, cordon or not, and left there: late-ours\/bare \(.*--force.*\)/);
    expect([await world.podsOn(theirs), await world.podsOn(ours)]).toEqual([['bare'], ['bare']]);
    expect(maintenanceOf(await world.node(ours)).label).toBe('complete');
  });

  test('is there before: both refuse', async () => {
    const [theirs, ours] = ['early-theirs', 'early-ours'];
    for (const node of [theirs, ours]) await bare(await world.namespace(node), node);
    const [kubectl, ran] = [
      await plane.kubectl(['drain', theirs, '--ignore-daemonsets']),
      await plugin.maint(['on', ours]),
    ];
    expect([kubectl.code, ran.code]).toEqual([1, 3]);
  });
});

test('only who names its node is said to: the scheduler binds without a trace', async () => {
  const namespace = await world.namespace('bound');
  await world.deployment('web', { namespace, node: 'other' }, 1);
  await world.pod('named', { namespace, node: 'other' });
  const pods = listAt(await world.get(`/api/v1/namespaces/${namespace}/pods`), 'items').map(podFromObject);
  expect(pods.map((pod) => [pod?.name === 'named', pod?.namesItsNode])).toEqual(
    expect.arrayContaining([
      [true, true],
      [false, false],
    ]),
  );
});

test('a node that is deleted and made again under its name is another node: nothing of it is evicted', async () => {
  const [namespace, node] = [await world.namespace('again'), 'remade'];
  await world.deployment('web', { namespace, node }, 1);
  await world.budget('web', namespace, 'web', 1);
  const running = await plugin.start(['on', node, '--timeout=60s']);
  await until('it waits', () => running.said().includes(' waits: disruption budget again/web'));
  await world.remove(`/api/v1/nodes/${node}`);
  await plane.addNode({ name: node });
  const { code, stderr } = await running.ended;
  expect(code).toBe(5);
  expect(stderr).toMatch(/node remade was deleted meanwhile( and made again)?.*; nothing more is evicted/);
  expect(maintenanceOf(await world.node(node))).toMatchObject({ label: undefined, unschedulable: false });
});
