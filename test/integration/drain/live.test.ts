import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
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
  const nodes = ['debugged', 'remade', 'other'].map((name) => ({ name }));
  plane = await startControlPlane({ nodes: [{ name: 'dying', mortal: true }, ...nodes] });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(() => plane.stop());

async function conditionOf(node: string, type: string): Promise<unknown> {
  return listAt(await world.node(node), 'status', 'conditions').find((one) => textAt(one, 'type') === type);
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
