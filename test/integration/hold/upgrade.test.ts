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
import { DIALS_ENDPOINTS, NAMESPACE } from '../../support/replicas.ts';
import { startChartPrograms, stopChartPrograms, type ChartPrograms } from '../../support/chart-programs.ts';
import { until } from '../../support/until.ts';
import { Addons } from './addons.ts';

/** The chart is upgraded from one Deployment to two, and rolled back, each in the middle of a rollout that is held. */

const NODES = ['node-1', 'node-2', 'node-3', 'node-4'];
const HELD = 'node-2';
const others = NODES.filter((name) => name !== HELD);
/** The chart's own pods stay Pending: those of this process are the only ones, with what the chart gives them. */
const IN_NAMESPACE = ['--namespace', NAMESPACE, '--no-hooks', '--set-string', 'nodeSelector.nowhere=true'];

let folder: string;
let plane: ControlPlane;
let helm: Helm;
let plugin: PluginRunner;
let addons: Addons;
let running: ChartPrograms;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-upgrade-'));
  await makeChartOfOneDeployment(join(folder, 'former'));
  plane = await startControlPlane({ nodes: NODES.map((name) => ({ name })), apiServerArgs: DIALS_ENDPOINTS });
  plugin = pluginRunner(plane);
  addons = new Addons(plane);
  helm = await helmFor(plane.kubeconfig);
  await release('install', 'guard', join(folder, 'former'), '--create-namespace', ...IN_NAMESPACE);
  running = await startChartPrograms(plane, 'former', 'kubectl-maint');
  await addons.create('agent', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } });
  await addons.reaches('agent', { image: 'agent:1', nodes: NODES });
  const on = await plugin.maint(['on', HELD, '--mode=cordon', '--owner=ops']);
  expect(on, on.stderr).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await stopChartPrograms(running, 1000);
  await helm.end();
  await plane.stop();
  await rm(folder, { recursive: true });
});

async function release(...args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await helm.run(...args);
  expect(code, stdout + stderr).toBe(0);
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
  const next = await startChartPrograms(plane, 'next', 'kubectl-maint-controller');
  await stopChartPrograms(running, 1000);
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
  const former = await startChartPrograms(plane, 'former-again', 'kubectl-maint');
  await stopChartPrograms(running, 1000);
  running = former;
  await addons.reaches('agent', { image: 'agent:3', nodes: others, stay });
});

test('off lets what was held all the while catch up', async () => {
  const off = await plugin.maint(['off', HELD, '--owner=ops', '--healthy-for=1s']);
  expect(off, off.stderr).toMatchObject({ code: 0 });
  await addons.reaches('agent', { image: 'agent:3', nodes: NODES });
});
