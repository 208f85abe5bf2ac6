/** What `on` and `status` say of nodes that Karpenter has made: its expiry and its node repair heed no annotation. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { like } from '../../support/like.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { Workloads } from '../../support/workloads.ts';

let plane: ControlPlane;
let plugin: PluginRunner;

const POOL = { 'karpenter.sh/nodepool': 'default' };
const NODES = ['shared', 'repeated', 'broken'];

beforeAll(async () => {
  plane = await startControlPlane({
    controllerManager: false,
    scheduler: false,
    nodes: ['plain', ...NODES].map((name) => ({
      name,
      silent: name === 'broken',
      labels: name === 'plain' ? {} : POOL,
    })),
  });
  plugin = pluginRunner(plane);
  const world = new Workloads(plane);
  await world.customResource('karpenter.sh', { kind: 'NodeClaim', plural: 'nodeclaims' });
  for (const nodeName of NODES) {
    await world.create('/apis/karpenter.sh/v1/namespaces/default/nodeclaims', {
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodeClaim',
      metadata: { name: `default-${nodeName}`, labels: POOL },
      spec: { expireAfter: '10h' },
      status: { nodeName },
    });
  }
});

afterAll(() => plane.stop());

async function warned(...args: readonly string[]): Promise<string> {
  const ran = await plugin.maint(args);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  return ran.stderr;
}

const EXPIRES = /Karpenter deletes it at \S+ \(in \S+\)/;

test('the end that another owner has announced counts', async () => {
  expect(await warned('on', 'shared', '--mode=cordon', '--owner=ana', '--for=1h')).not.toMatch(EXPIRES);
  expect(await warned('on', 'shared', '--mode=cordon', '--owner=ben', '--for=20h')).toMatch(EXPIRES);
  expect(await warned('on', 'shared', '--mode=cordon', '--owner=ana', '--for=1h')).toMatch(EXPIRES);
});

test('so does an end that stands there, where the command is repeated without one', async () => {
  await warned('on', 'repeated', '--mode=cordon', '--owner=ana', '--for=1h');
  expect(await warned('on', 'repeated', '--mode=cordon', '--owner=ana')).not.toMatch(EXPIRES);
});

test('node repair is told of a node that is not Ready, before and in its maintenance', async () => {
  const text = /it is not Ready since \S+Z: where Karpenter's node repair is on, Karpenter deletes it/;
  expect(await warned('on', 'broken', '--mode=cordon', '--owner=ana', '--for=1h')).toMatch(text);
  expect(await warned('status')).toMatch(text);
  const { stdout } = await plugin.maint(['status', 'broken', '-o', 'json']);
  expect(listAt(JSON.parse(stdout), 'items').map((node) => textAt(node, 'repair', 'text'))).toEqual([like(text)]);
});
