import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STATE_LABEL, WHY_ANNOTATION } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginEnvironment, pluginRunner, runProgram } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

/** Advice is followed as it stands: no line that is printed evicts a pod that nobody asked to evict. */

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

const NODES = ['overdue', 'unlabelled', 'by-hand', 'uncordoned', 'spare'];

beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES.map((name) => ({ name })) });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  for (const node of NODES) await world.deployment('web', { namespace: await world.namespace(node), node }, 1);
});

afterAll(() => plane.stop());

/** Gives the first line of ours in a text that takes this node to a shell, as it was printed. */
async function follow(text: string, node: string): Promise<void> {
  const line = new RegExp(`kubectl maint on ${node} [^\\n,;"(]*--no-drain(?: --for 2h)?`).exec(text)?.[0];
  const env = pluginEnvironment(plane.kubeconfig);
  const path = `${join(plane.kubectlPath, '..')}:${env['PATH'] ?? ''}`;
  const ran = await runProgram('/bin/sh', ['-c', line ?? `echo no line in: "$0" >&2; exit 1`, text], {
    ...env,
    PATH: path,
  });
  expect(ran).toMatchObject({ code: 0 });
}

async function doctor(): Promise<string> {
  const { stdout } = await plugin.maint(['doctor']);
  return stdout;
}

test('a maintenance of somebody else that is overdue: another end, and nothing else', async () => {
  const node = 'overdue';
  expect(await plugin.maint(['on', node, '--mode=cordon', '--owner=ben & co', '--for=1s'])).toMatchObject({ code: 0 });
  const before = maintenanceOf(await world.node(node));
  await until('it is overdue', async () => (await doctor()).includes(`node ${node} was to be back`));
  await follow(await doctor(), node);
  const after = maintenanceOf(await world.node(node));
  expect(after).toMatchObject({ label: 'complete', record: { claims: [{ owner: 'ben & co', mode: 'cordon' }] } });
  expect(after.record).not.toEqual(before.record);
  expect(await world.podsOn(node)).toHaveLength(1);
});

test('a record without its label: written anew, for its owner', async () => {
  const node = 'unlabelled';
  expect(await plugin.maint(['on', node, '--mode=cordon', '--owner=ben'])).toMatchObject({ code: 0 });
  await world.patch(`/api/v1/nodes/${node}`, {
    metadata: { labels: { [STATE_LABEL]: null }, annotations: { [WHY_ANNOTATION]: null } },
  });
  await follow(await doctor(), node);
  expect(maintenanceOf(await world.node(node))).toMatchObject({
    label: 'complete',
    record: { claims: [{ owner: 'ben' }] },
  });
  expect(await world.podsOn(node)).toHaveLength(1);
});

test('a node that somebody cordoned by hand is taken over as it is', async () => {
  const node = 'by-hand';
  await plane.kubectl(['cordon', node]);
  const { stderr } = await plugin.maint(['status', node]);
  await follow(stderr, node);
  expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'complete', unschedulable: true });
  expect(await world.podsOn(node)).toHaveLength(1);
});

test('a node in maintenance that somebody uncordoned is cordoned again', async () => {
  const node = 'uncordoned';
  expect(await plugin.maint(['on', node, '--mode=cordon'])).toMatchObject({ code: 0 });
  await plane.kubectl(['uncordon', node]);
  const { stdout } = await plugin.maint(['status', node, '-o', 'json']);
  await follow(stdout, node);
  expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'complete', unschedulable: true });
  expect(await world.podsOn(node)).toHaveLength(1);
});
