import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type FaultProxy, faultProxy } from '../../support/fault-proxy.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { Workloads } from '../../support/workloads.ts';
import { Addons } from './addons.ts';

/** An API server that is slow to answer what the webhook reads before it decides. */

const NODES = ['node-1', 'node-2', 'node-3'];
const HELD = ['node-2'];
const SURGE = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let addons: Addons;
let proxy: FaultProxy;
let webhook: WebhookProcess;
/** How late the answers are, in ms. */
let latencyMs = 0;

const isLookup = (path: string) => /\/(daemonsets\/|controllerrevisions|pods\?)/.test(path);

beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES.map((name) => ({ name })) });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  addons = new Addons(plane);
  proxy = await faultProxy(plane, async ({ method, path }) => {
    if (method === 'GET' && isLookup(path)) await sleep(latencyMs);
    return undefined;
  });
  const kubeconfig = join(plane.folder, 'slow.kubeconfig');
  await writeFile(kubeconfig, JSON.stringify(kubeconfigFor(proxy.url, plane.adminToken)));
  webhook = await startWebhook({ ...plane, kubeconfig });
  await webhook.register('Ignore');
  for (const name of ['late', 'silent']) {
    await addons.create(name, SURGE);
    await addons.reaches(name, { image: 'agent:1', nodes: NODES });
  }
  expect(await plugin.maint(['on', ...HELD, '--mode=cordon', '--owner', 'ops'])).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await webhook.stop();
  await proxy[Symbol.asyncDispose]();
  await plane.stop();
});

function kubeconfigFor(server: string, token: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'slow', cluster: { server } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'slow', context: { cluster: 'slow', user: 'admin' } }],
    'current-context': 'slow',
  };
}

const others = NODES.filter((node) => !HELD.includes(node));

test('answers that take 900 ms are waited for: the rollout is held', async () => {
  const stay = await addons.podsOn('late', HELD);
  latencyMs = 900;
  await addons.roll('late', 'agent:2');
  await addons.isRefused('late');
  await addons.reaches('late', { image: 'agent:2', nodes: others, stay });
  await addons.remove('late');
});

test('without an answer in time the rollout goes on, which an Event of the node and status tell', async () => {
  latencyMs = 60_000;
  await addons.roll('silent', 'agent:2');
  await addons.reaches('silent', { image: 'agent:2', nodes: NODES });
  latencyMs = 0;
  await until('the webhook has written it down', async () => {
    return (await world.events('node-2')).some((event) => event.includes('DaemonSet default/silent'));
  });
  const { stdout } = await plugin.maint(['status', '-ojson']);
  const whats = listAt(JSON.parse(stdout), 'released').map((one) => textAt(one, 'what'));
  expect(whats).toContain(
    'addon (daemonset): whether this is a rollout onto node node-2, where it has to wait, could not be found out (the API server did not answer in time) (DaemonSet default/silent)',
  );
  expect((await plugin.maint(['status'])).stderr).toContain(
    'Warning: an add-on change went on upon node node-2 in its maintenance (',
  );
});
