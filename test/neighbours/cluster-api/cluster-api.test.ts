/** A MachineHealthCheck of Cluster API beside a node in maintenance that is not Ready: it is left alone until `off`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import type { NeighbourProcess } from '../process.ts';
import { checkHealth, CLUSTER_API, machineOf, makeCluster, startClusterApi } from './stage.ts';

const [HELD, OTHER] = ['held', 'other'];
const SKIP = 'cluster.x-k8s.io/skip-remediation';

let plane: ControlPlane;
let plugin: PluginRunner;
let clusterApi: NeighbourProcess;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: [HELD, OTHER, 'beside'].map((name) => ({ name, mortal: name !== 'beside' })),
    users: [CLUSTER_API],
  });
  plugin = pluginRunner(plane);
  clusterApi = await startClusterApi(plane);
  await makeCluster(plane, [HELD, OTHER]);
});

afterAll(async () => {
  await clusterApi.end();
  await plane.stop();
});

async function maint(...args: readonly string[]): Promise<void> {
  const ran = await plugin.maint(args);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
}

const isReplaced = async (node: string): Promise<boolean> => {
  const machine = await machineOf(plane, node);
  return machine === undefined || textAt(machine, 'metadata', 'deletionTimestamp') !== undefined;
};

test('the machine of a node in maintenance is not replaced, that of the node beside it is, and this one after off', async () => {
  await maint('on', HELD, '--reason=disk', '--owner=ana');
  expect(textAt(await machineOf(plane, HELD), 'metadata', 'annotations', SKIP)).toBe('kubectl-maint');
  await Promise.all([HELD, OTHER].map((node) => plane.silenceNode(node)));
  await checkHealth(plane);
  await until('the machine beside it is replaced', () => isReplaced(OTHER), { giveUpAfterMs: 180_000 });
  await until('Cluster API says why it leaves this one alone', async () =>
    (await clusterApi.said()).includes(`machine has \\"${SKIP}\\" annotation`),
  );
  expect(await isReplaced(HELD)).toBe(false);
  await maint('off', HELD, '--owner=ana', '--skip-health-check');
  await until('it is replaced after its maintenance', () => isReplaced(HELD), { giveUpAfterMs: 180_000 });
});
