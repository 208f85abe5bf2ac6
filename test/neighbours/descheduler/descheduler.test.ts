/** The descheduler beside a node that is only cordoned: it evicts from it, unless it is told to leave that taint out. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { Workloads } from '../../support/workloads.ts';
import { programOf, startNeighbour } from '../process.ts';

const HELD = 'held';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: [HELD, 'other'].map((name) => ({ name })) });
});

afterAll(() => plane.stop());

/** One round of the descheduler, which then ends. */
async function deschedule(as: string, args: object): Promise<void> {
  const policy = join(plane.folder, `${as}.json`);
  const plugin = 'RemovePodsViolatingNodeTaints';
  const profile = {
    name: 'default',
    pluginConfig: [{ name: plugin, args }],
    plugins: { deschedule: { enabled: [plugin] } },
  };
  await writeFile(
    policy,
    JSON.stringify({ apiVersion: 'descheduler/v1alpha2', kind: 'DeschedulerPolicy', profiles: [profile] }),
  );
  const descheduler = startNeighbour(plane, programOf('descheduler'), {
    as,
    args: [
      `--kubeconfig=${plane.kubeconfig}`,
      `--policy-config-file=${policy}`,
      '--secure-port=0',
      '--disable-metrics',
    ],
  });
  expect(await descheduler.ended, await descheduler.said()).toBe(0);
}

async function podsOfWeb(): Promise<readonly string[]> {
  const { body } = await plane.api('GET', '/api/v1/namespaces/default/pods?labelSelector=app=web');
  return listAt(body, 'items')
    .filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') === undefined)
    .map((pod) => textAt(pod, 'metadata', 'uid') ?? '');
}

test('with --mode=cordon it evicts what stays, and leaves it where excludedTaints names the cordon', async () => {
  const world = new Workloads(plane);
  await world.deployment('web', { namespace: 'default', node: HELD }, 1);
  const before = await podsOfWeb();
  const on = await pluginRunner(plane).maint(['on', HELD, '--mode=cordon']);
  expect(on, on.stderr).toMatchObject({ code: 0 });

  await deschedule('told', { excludedTaints: ['node.kubernetes.io/unschedulable'] });
  expect(await podsOfWeb()).toEqual(before);

  await deschedule('untold', {});
  await until('its pod was evicted', async () => !(await podsOfWeb()).includes(before[0] ?? ''));
});
