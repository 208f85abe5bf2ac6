import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { maintenanceOf, Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;
let folder: string;
/** A machine whose clock is two hours fast. */
let fast: { readonly env: Readonly<Record<string, string>> };

const HOURS_2 = 2 * 3_600_000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-clock-'));
  const file = join(folder, 'fast.cjs');
  await writeFile(file, `const now = Date.now; Date.now = () => now() + ${HOURS_2};`);
  fast = { env: { NODE_OPTIONS: `--require ${file}` } };
  plane = await startControlPlane({ nodes: [{ name: 'n1' }, { name: 'n2' }] });
  plugin = pluginRunner(plane);
  world = new Workloads(plane);
});

afterAll(async () => {
  await plane.stop();
  await rm(folder, { recursive: true });
});

test('a fast clock takes nothing away that is valid, and its own ends are right', async () => {
  expect(await plugin.maint(['on', 'n1', '--mode=cordon', '--owner=alice'])).toMatchObject({ code: 0 });
  const grant = ['allow', 'n1', '--rules=backup', '--for=1h', '--reason=nightly'];
  expect(await plugin.maint(grant)).toMatchObject({ code: 0 });
  const [granted] = exceptionsOf(await world.node('n1'));

  expect(await plugin.maint(['on', 'n1', '--mode=cordon', '--owner=bob', '--for=30m'], fast)).toMatchObject({
    code: 0,
  });
  expect(await plugin.maint(['allow', 'n1', '--rules=scan', '--for=30m', '--reason=audit'], fast)).toMatchObject({
    code: 0,
  });
  expect(await plugin.maint(['off', 'n1', '--owner=bob'], fast)).toMatchObject({ code: 0 });

  const node = await world.node('n1');
  const [backup, scan] = exceptionsOf(node);
  expect(backup).toEqual(granted);
  const left = Date.parse(textAt(scan, 'until') ?? '') - Date.now();
  expect(left).toBeGreaterThan(25 * 60_000);
  expect(left).toBeLessThanOrEqual(31 * 60_000);
});

function exceptionsOf(node: unknown): readonly unknown[] {
  const exceptions = at(maintenanceOf(node).record, 'exceptions');
  return Array.isArray(exceptions) ? exceptions : [];
}
