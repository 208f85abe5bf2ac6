import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { faultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { DIALS_ENDPOINTS, untilAskedBy, type Controller, type Replica } from '../../support/replicas.ts';
import { until } from '../../support/until.ts';
import { Workloads } from '../../support/workloads.ts';
import type { Addons } from './addons.ts';
import { startOneReplica } from './one-replica.ts';

/** A rollout where the only replica has never heard that a node is in maintenance: its watch hangs, and nobody told it. */

const NODES = ['node-1', 'node-2', 'node-3', 'node-4'];
const HELD = 'node-2';
const NODE_READ = `/api/v1/nodes/${HELD}`;

let plane: ControlPlane;
let plugin: PluginRunner;
let proxy: FaultProxy;
let addons: Addons;
let controller: Controller;
let replica: Replica;
let mayReadNode = true;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES.map((name) => ({ name })), apiServerArgs: DIALS_ENDPOINTS });
  plugin = pluginRunner(plane);
  proxy = await faultProxy(plane, ({ method, path }) =>
    mayReadNode || method !== 'GET' || path !== NODE_READ
      ? undefined
      : { status: 500, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 500, message: 'no' } },
  );
  ({ addons, controller, replica } = await startOneReplica(plane, NODES, proxy.url));
  await proxy.stallWatch('/api/v1/nodes?');
  const on = await plugin.maint(['on', HELD, '--mode=cordon', '--owner=ops']);
  expect(on, on.stderr).toMatchObject({ code: 0 });
  await untilAskedBy(plane, 'rollout');
});

afterAll(async () => {
  await replica.stop(0);
  await controller.stop();
  await proxy[Symbol.asyncDispose]();
  await plane.stop();
});

test('its pod stays, and every other node is served', async () => {
  const stay = await addons.podsOn('agent', [HELD]);
  await addons.roll('agent', 'agent:2');
  await addons.reaches('agent', { image: 'agent:2', nodes: NODES.filter((name) => name !== HELD), stay });
  await addons.isRefused('agent');
  expect((await replica.metrics()).split('\n')).toContain('maint_webhook_nodes_in_maintenance 0');
});

test('where the node cannot be read either the pod goes, which an Event of the node and status tell', async () => {
  mayReadNode = false;
  await addons.roll('agent', 'agent:3');
  await addons.reaches('agent', { image: 'agent:3', nodes: NODES });
  const text = `whether node ${HELD} is in maintenance, where a rollout has to wait, could not be found out`;
  await until('the replica has written it down', async () => {
    return (await new Workloads(plane).events(HELD)).some((event) => event.includes(text));
  });
  expect((await plugin.maint(['status'])).stderr).toContain(
    `Warning: an add-on change went on upon node ${HELD} in its maintenance (`,
  );
});
