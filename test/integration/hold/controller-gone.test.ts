import { afterAll, beforeAll, expect, test } from 'vitest';
import { conditionAt, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import {
  DIALS_ENDPOINTS,
  untilAskedBy,
  startController,
  startReplica,
  type Controller,
  type Replica,
} from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import type { Addons } from './addons.ts';
import { startOneReplica } from './one-replica.ts';

/** Rollouts that are held while nobody wakes them, and what a controller does that comes later. */

const NODES = ['node-1', 'node-2', 'node-3', 'node-4'];
const HELD = 'node-2';
/** So many refusals. */
const AGAIN_AND_AGAIN = 3;
const others = NODES.filter((name) => name !== HELD);

let plane: ControlPlane;
let plugin: PluginRunner;
let addons: Addons;
let controller: Controller;
let replica: Replica;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES.map((name) => ({ name })), apiServerArgs: DIALS_ENDPOINTS });
  plugin = pluginRunner(plane);
  ({ addons, controller, replica } = await startOneReplica(plane, NODES));
  await hold();
  await controller.stop();
});
afterAll(async () => {
  await controller.stop();
  await replica.stop(0);
  await plane.stop();
});

/** Takes the node into maintenance; the API server is told to ask about rollouts when this resolves. */
async function hold(): Promise<void> {
  const on = await plugin.maint(['on', HELD, '--mode=cordon', '--owner=ops']);
  expect(on, on.stderr).toMatchObject({ code: 0 });
  await untilAskedBy(plane, 'rollout');
}

/** How often the replica has denied changes of add-ons: of one DaemonSet its controller writes 25 Events, and then few. */
async function denials(): Promise<number> {
  const counts = (await replica.metrics()).matchAll(/^maint_webhook_denials_total\{rule="addon".*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Why the DaemonSet's controller was told to go on last; undefined where it never was. */
async function woken(): Promise<string | undefined> {
  const { body } = await plane.api('GET', '/apis/apps/v1/namespaces/default/daemonsets/agent');
  return textAt(conditionAt(body, 'kubectl-maint.io/RolloutWoken'), 'reason');
}

test('without a controller the pod on the node stays all the same', async () => {
  const stay = await addons.podsOn('agent', [HELD]);
  await addons.roll('agent', 'agent:2');
  await addons.isRefused('agent');
  // The other nodes may wait with it: nobody wakes the DaemonSet's controller, which begins with the same pod again more often than not.
  await until('it was refused again and again', async () => (await denials()) >= AGAIN_AND_AGAIN);
  expect(await addons.podsOn('agent', [HELD])).toEqual(stay);
  expect(await woken()).toBeUndefined();
});

test('a node that has come back meanwhile is caught up with, as soon as a controller is there', async () => {
  const off = await plugin.maint(['off', HELD, '--owner=ops', '--skip-health-check']);
  expect(off, off.stderr).toMatchObject({ code: 0 });
  controller = await startController(plane, { failurePolicy: 'Ignore' });
  await addons.reaches('agent', { image: 'agent:2', nodes: NODES });
  // Its own controller may have been faster.
  expect([undefined, 'NodeReturns']).toContain(await woken());
});

test('off waits for what was held, and the new version is there when it ends', async () => {
  await hold();
  const stay = await addons.podsOn('agent', [HELD]);
  const before = await denials();
  await addons.roll('agent', 'agent:3');
  await addons.reaches('agent', { image: 'agent:3', nodes: others, stay });
  await until('the controller of the DaemonSet is refused', async () => (await denials()) > before);
  const off = await plugin.maint(['off', HELD, '--owner=ops', '--healthy-for=1s']);
  expect(off, off.stderr).toMatchObject({ code: 0 });
  await addons.reaches('agent', { image: 'agent:3', nodes: NODES });
});

test('an upgrade in the middle of it: another controller and another replica go on where the first were', async () => {
  await hold();
  const stay = await addons.podsOn('agent', [HELD]);
  await addons.roll('agent', 'agent:4');
  await addons.begins('agent', 'agent:4', 1);
  const [next, later] = [await startReplica(plane, 'next'), await startController(plane, { failurePolicy: 'Ignore' })];
  await Promise.all([replica.stop(1000), controller.stop()]);
  [replica, controller] = [next, later];
  await addons.reaches('agent', { image: 'agent:4', nodes: others, stay });
  const off = await plugin.maint(['off', HELD, '--owner=ops', '--healthy-for=1s']);
  expect(off, off.stderr).toMatchObject({ code: 0 });
  await addons.reaches('agent', { image: 'agent:4', nodes: NODES });
});
