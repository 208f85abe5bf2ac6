import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textAt } from '../../../shared/index.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { type PluginRunner, pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { Workloads } from '../../support/workloads.ts';

/** Inputs that were once drained wrongly, kept beside the repository; where they are not, nothing of this runs. */
const CASES = join(import.meta.dirname, '../../../../shared/cases');
const HAS_CASES = existsSync(CASES);
const TITLE = HAS_CASES ? 'inputs that were drained wrongly' : `inputs that were drained wrongly (no ${CASES})`;

let plane: ControlPlane;
let plugin: PluginRunner;
let world: Workloads;

/** Applies an input, and waits until so many of its pods are on the node that it is about. */
async function apply(name: string, pods: number): Promise<void> {
  const input = readFileSync(join(CASES, name), 'utf8');
  const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { input });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  await until('its pods are there', async () => (await world.podsOn('node-1')).length === pods);
}

describe.skipIf(!HAS_CASES)(TITLE, () => {
  beforeAll(async () => {
    plane = await startControlPlane({ nodes: 3, podReadyMs: 200, podGoneMs: 200 });
    plugin = pluginRunner(plane);
    world = new Workloads(plane);
  });

  afterAll(() => plane.stop());

  test('B09: a backup pod that never started has nothing to lose', async () => {
    await apply('B09-pending-backup-pod.yaml', 1);
    const { code, stdout } = await plugin.maint(['on', 'node-1', '--timeout=30s']);
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toContain('node/node-1 drained');
    expect(await plugin.maint(['off', 'node-1', '--healthy-for=0'])).toMatchObject({ code: 0 });
    await plane.kubectl(['delete', 'namespace', 'longhorn-system', '--wait=false']);
  });

  test('D12: a budget that cannot be computed is told as such before the first write', async () => {
    await apply('D12-budget-sync-failed.yaml', 2);
    const budget = '/apis/policy/v1/namespaces/default/poddisruptionbudgets/worker';
    await until('it is judged', async () => JSON.stringify(await world.get(budget)).includes('SyncFailed'));
    const { code, stderr } = await plugin.maint(['on', 'node-1', '--timeout=3s']);
    expect(code).toBe(5);
    expect(stderr).toMatch(/^Warning: .*default\/worker.*cannot be computed/m);
    await plane.kubectl(['delete', 'job,pdb', '--all']);
    expect(await plugin.maint(['off', 'node-1', '--healthy-for=0'])).toMatchObject({ code: 0 });
  });

  test('D18: no other node can take what has its volume here', async () => {
    await apply('D18-local-volume.yaml', 1);
    const { stderr } = await plugin.maint(['on', 'node-1', '--dry-run=server']);
    expect(stderr).toMatch(/no other node .*default\/es-0/);
    expect(
      textAt(await world.node('node-1'), 'metadata', 'annotations', 'kubectl-maint.io/maintenance'),
    ).toBeUndefined();
    await plane.kubectl(['delete', 'statefulset,pvc', '--all']);
    await until('it is gone', async () => (await world.podsOn('node-1')).length === 0);
  });

  test('D09: what tolerates the cordon is named before the first write, and at the end', async () => {
    await apply('D09-tolerate-all.yaml', 1);
    const { code, stderr } = await plugin.maint(['on', 'node-1', '--timeout=60s']);
    expect(code).toBe(5);
    expect(stderr).toContain('may come back, because they tolerate the cordon: default/operator-');
    expect(stderr).toMatch(
      /pods keep coming to node node-1, cordon or not: default\/operator-\S+ \(tolerates the cordon\)/,
    );
  });
});
