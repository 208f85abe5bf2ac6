import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner, type Running } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let folder: string;

beforeAll(async () => {
  const nodes = ['gated', 'resumed', 'commanded', 'spare'];
  plane = await startControlPlane({ nodes: nodes.map((name) => ({ name })) });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
  folder = await mkdtemp(join(tmpdir(), 'maint-retaken-'));
});

afterAll(async () => {
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

/** An `off` that waits in the gate for as long as the test lasts. */
async function waitingOff(node: string): Promise<Running> {
  const off = await plugin.start(['off', node, '--healthy-for=1h', '--timeout=0']);
  await until('it is watched', () => off.said().includes(`node/${node} clean, watching it for`));
  return off;
}

const RETAKEN = /node \S+ was taken into maintenance again for admin while it was on its way back, so it stays/;

test('an off that waits ends without its node when the same owner takes it again', async () => {
  const node = 'gated';
  expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
  const off = await waitingOff(node);
  expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
  const ended = await off.ended;
  expect(ended).toMatchObject({ code: 5, stdout: '' });
  expect(ended.stderr).toMatch(RETAKEN);
  expect(maintenanceOf(await world.node(node))).toMatchObject({ label: 'complete', unschedulable: true });
  expect(await plugin.maint(['off', node, '--healthy-for=0'])).toMatchObject({ code: 0 });
  expect(maintenanceOf(await world.node(node))).toMatchObject({ label: undefined, unschedulable: false });
});

test('run --resume takes a node from an off that waits: its command runs on a node that stays free', async () => {
  const node = 'resumed';
  expect(await plugin.maint(['on', node])).toMatchObject({ code: 0 });
  const off = await waitingOff(node);
  // The command ends when the off has, so that the off has had its chance.
  const hasEnded = join(folder, 'ended');
  const script = 'while [ ! -e "$0" ]; do sleep 0.1; done; "$1" get node "$NODE" -o jsonpath={.spec.unschedulable}';
  const command = ['sh', '-c', script, hasEnded, plane.kubectlPath];
  const run = await plugin.start(['run', node, '--resume', '--healthy-for=0', '--', ...command]);
  expect(await off.ended).toMatchObject({ code: 5, stdout: '' });
  await writeFile(hasEnded, '');
  expect(await run.ended).toMatchObject({ code: 0, stdout: expect.stringContaining(`${node} | true\n`) as unknown });
  expect(maintenanceOf(await world.node(node))).toMatchObject({ label: undefined, unschedulable: false });
});

test('a run leaves a node to who has taken it again while its command ran', async () => {
  const node = 'commanded';
  const again = [plane.kubectlPath, 'maint', 'on', node, '--reason=again'];
  const run = await plugin.maint(['run', node, '--healthy-for=0', '--', ...again]);
  expect(run.code).toBe(5);
  expect(run.stderr).toContain('it is not brought back');
  expect(run.stderr).not.toContain('to go on');
  expect(maintenanceOf(await world.node(node))).toMatchObject({
    label: 'complete',
    unschedulable: true,
    record: { claims: [{ reason: 'again' }] },
  });
});
