/** What Karpenter does to a node in maintenance: it spares it, and deletes it all the same when it expires. */
import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import type { NeighbourProcess } from '../process.ts';
import { addPool, claimOf, KARPENTER, nodesOf, startKarpenter } from './stage.ts';

/** Long enough for the node to be there and taken into maintenance, on a busy machine as well. */
const EXPIRES_AFTER = '2m';
const EXPIRES_WITHIN_MS = 180_000;

/** Of a node Karpenter tells one such Event in two minutes, whatever it says: the first may be that the node was not ready yet. */
const TOLD_WITHIN_MS = 180_000;
/**
 * It spares a node for 20 s after it has looked for room, looks every 10 s, and acts 15 s after it has decided, on which it looks
 * once more: after any change of a pod in between it begins again. That is some 50 s once, and 25 s more each time.
 */
const CONSOLIDATED = { giveUpAfterMs: TOLD_WITHIN_MS };

let plane: ControlPlane;
let plugin: PluginRunner;
let webhook: WebhookProcess;
let karpenter: NeighbourProcess;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: 1, users: [KARPENTER] });
  plugin = pluginRunner(plane);
  const policy = `${plane.folder}/policy.yaml`;
  const config = {
    apiVersion: 'kubectl-maint.io/v1alpha1',
    kind: 'MaintenancePolicy',
    rules: { machine: { mode: 'enforce' } },
  };
  await writeFile(policy, JSON.stringify(config));
  webhook = await startWebhook(plane, [`--policy=${policy}`]);
  await webhook.register();
  karpenter = await startKarpenter(plane);
});

afterAll(async () => {
  await karpenter.end();
  await webhook.stop();
  await plane.stop();
});

async function maint(...args: readonly string[]) {
  const ran = await plugin.maint(args);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  return ran;
}

const isThere = async (node: string): Promise<boolean> =>
  (await plane.api('GET', `/api/v1/nodes/${node}`)).status === 200;

describe('consolidation', () => {
  test('spares an empty node in maintenance, takes the one beside it, and this one after off', async () => {
    await addPool(plane, 'spare', 'Never', 2);
    const [held = '', other = ''] = await nodesOf(plane, 'spare');
    await maint('on', held, '--mode=cordon', '--reason=disk', '--owner=ana');
    await plane.kubectl(['scale', 'deployment', 'spare', '--replicas=0']);
    await until('Karpenter has taken the other node away', async () => !(await isThere(other)), CONSOLIDATED);
    await until(
      'it says why it spares the one in maintenance',
      async () => {
        const { body } = await plane.api('GET', `/api/v1/events?fieldSelector=reason=DisruptionBlocked`);
        return listAt(body, 'items').some(
          (event) =>
            textAt(event, 'involvedObject', 'name') === held &&
            textAt(event, 'message')?.includes('karpenter.sh/do-not-disrupt') === true,
        );
      },
      { giveUpAfterMs: TOLD_WITHIN_MS },
    );
    expect(await isThere(held)).toBe(true);
    await maint('off', held, '--owner=ana', '--healthy-for=0s');
    await until('Karpenter has taken it away as well', async () => !(await isThere(held)), CONSOLIDATED);
  });
});

describe('expiry', () => {
  test('is told before and during the maintenance, heeds no annotation, and waits only for the rule machine', async () => {
    await addPool(plane, 'short', EXPIRES_AFTER, 1);
    const [node = ''] = await nodesOf(plane, 'short');
    const { stderr } = await maint('on', node, '--mode=cordon', '--reason=disk', '--owner=ana', '--for=1h');
    expect(stderr).toMatch(/Warning: node \S+: Karpenter deletes it at \S+ \(in \S+\), before the announced end/);
    const { stdout } = await maint('status', node);
    expect(stdout).toMatch(/^Expires: +Karpenter deletes it at/m);

    await until(
      'Karpenter wants to delete it, and is refused',
      async () => (await karpenter.said()).includes(`is the machine of node ${node}, which is in maintenance`),
      { giveUpAfterMs: EXPIRES_WITHIN_MS },
    );
    expect(textAt(await claimOf(plane, node), 'metadata', 'deletionTimestamp')).toBeUndefined();
    expect((await maint('status', node)).stdout).toMatch(/^Expires: +it has expired/m);

    await maint('allow', node, '--rules=machine', '--for=1h', '--reason=it may go');
    await until('it is taken away once it may be', async () => !(await isThere(node)), {
      giveUpAfterMs: EXPIRES_WITHIN_MS,
    });
  });
});
