import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { listedNodes } from '../../support/floor.ts';
import { makeChartOfOneDeployment } from '../../support/former-chart.ts';
import { CHART, helmFor, type Helm } from '../../support/helm.ts';
import { ordinaryWork, type OrdinaryWork } from '../../support/ordinary-work.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import {
  DIALS_ENDPOINTS,
  NAMESPACE,
  startController,
  startReplica,
  type Controller,
  type Replica,
} from '../../support/replicas.ts';
import { asServiceAccount } from '../../support/service-account.ts';
import { until } from '../../support/until.ts';
import { Addons } from './addons.ts';

/** The chart is upgraded from one Deployment to two, and rolled back, each in the middle of a rollout that is held. */

const NODES = ['node-1', 'node-2', 'node-3', 'node-4'];
const HELD = 'node-2';
const others = NODES.filter((name) => name !== HELD);
/** The chart's own pods stay Pending: those of this process are the only ones, with what the chart gives them. */
const IN_NAMESPACE = ['--namespace', NAMESPACE, '--no-hooks', '--set-string', 'nodeSelector.nowhere=true'];

/** What runs behind the Service, and what keeps it. */
interface Running {
  readonly replica: Replica;
  readonly controller: Controller;
}

let folder: string;
let plane: ControlPlane;
let helm: Helm;
let plugin: PluginRunner;
let addons: Addons;
let running: Running;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-upgrade-'));
  await makeChartOfOneDeployment(join(folder, 'former'));
  plane = await startControlPlane({ nodes: NODES.map((name) => ({ name })), apiServerArgs: DIALS_ENDPOINTS });
  plugin = pluginRunner(plane);
  addons = new Addons(plane);
  helm = await helmFor(plane.kubeconfig);
  await release('install', 'guard', join(folder, 'former'), '--create-namespace', ...IN_NAMESPACE);
  running = await start('former', 'kubectl-maint');
  await addons.create('agent', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } });
  await addons.reaches('agent', { image: 'agent:1', nodes: NODES });
  const on = await plugin.maint(['on', HELD, '--mode=cordon', '--owner=ops']);
  expect(on, on.stderr).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await stop(running);
  await helm.end();
  await plane.stop();
  await rm(folder, { recursive: true });
});

async function release(...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await helm.run(...args);
  expect(code, stdout + stderr).toBe(0);
}

/** A webhook and a controller, with the tokens of their service accounts. */
async function start(name: string, controllers: string): Promise<Running> {
  const as = (account: string) => asServiceAccount(plane, { namespace: NAMESPACE, name: account });
  // The certificate that the webhook mounts is the controller's to write.
  const controller = await startController(await as(controllers), { failurePolicy: 'Ignore' });
  return { controller, replica: await startReplica(await as('kubectl-maint'), name) };
}

async function stop({ replica, controller }: Running): Promise<void> {
  await Promise.all([replica.stop(1000), controller.stop()]);
}

/** Ordinary work all the while, as fast as it is answered. */
let ordinary: OrdinaryWork;
beforeEach(() => {
  ordinary = ordinaryWork(plane);
});
afterEach(async () => {
  await ordinary.end();
  expect([...ordinary.refusals]).toEqual([]);
});

test('an upgrade: the pod on the node stays, every other node is served, and the register lists the node', async () => {
  const stay = await addons.podsOn('agent', [HELD]);
  await addons.roll('agent', 'agent:2');
  await addons.begins('agent', 'agent:2', 1);
  await release('upgrade', 'guard', CHART, ...IN_NAMESPACE);
  const next = await start('next', 'kubectl-maint-controller');
  await stop(running);
  running = next;
  await addons.reaches('agent', { image: 'agent:2', nodes: others, stay });
  await addons.isRefused('agent');
  await addons.reaches('agent', { image: 'agent:2', nodes: others, stay });
  await until('the node is listed', async () => (await listedNodes(plane))?.join() === HELD);
});

test('a rollback: the pod on the node stays, and every other node is served', async () => {
  const stay = await addons.podsOn('agent', [HELD]);
  await addons.roll('agent', 'agent:3');
  await addons.begins('agent', 'agent:3', 1);
  await release('rollback', 'guard', '1', '--namespace', NAMESPACE, '--no-hooks');
  const former = await start('former-again', 'kubectl-maint');
  await stop(running);
  running = former;
  await addons.reaches('agent', { image: 'agent:3', nodes: others, stay });
});

test('off lets what was held all the while catch up', async () => {
  const off = await plugin.maint(['off', HELD, '--owner=ops', '--healthy-for=1s']);
  expect(off, off.stderr).toMatchObject({ code: 0 });
  await addons.reaches('agent', { image: 'agent:3', nodes: NODES });
});
