/**
 * A day of people who keep a cluster, on the real control plane, from the first maintenance to the last. What each
 * command says, to both streams, and how it ends, stands in `transcripts/`, in the order of the day; `vitest -u` writes
 * them anew, for a person to read.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { conditionAt, listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { installFloor } from '../../support/floor.ts';
import { pluginRunner, type PluginRunner, type Ran } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { VELERO_CRD } from '../../support/velero.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { transcriptOf } from './transcript.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let webhook: WebhookProcess;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: [
      { name: 'control-plane-1', role: 'control-plane' },
      ...[1, 2, 3, 4].map((number) => ({ name: `worker-${number}`, mortal: number === 1 })),
    ],
    users: ['ana', 'ben'].map((name) => ({ name, groups: ['system:masters'] })),
  });
  plugin = pluginRunner(plane);
  await installFloor(plane);
  webhook = await startWebhook(plane);
  await webhook.register();
  await apply(await readFile(VELERO_CRD, 'utf8'));
  await apply(await readFile('test/demo/manifests/shop.yaml', 'utf8'));
  await until('every pod is ready', async () => (await readyPods('shop')) + (await readyPods('logging')) === 17);
});

afterAll(async () => {
  await webhook.stop();
  await plane.stop();
});

async function apply(input: string): Promise<void> {
  const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { input });
  if (code !== 0) throw new Error(stderr);
}

async function readyPods(namespace: string): Promise<number> {
  const { body } = await plane.api('GET', `/api/v1/namespaces/${namespace}/pods`);
  return listAt(body, 'items').filter((pod) => textAt(conditionAt(pod, 'Ready'), 'status') === 'True').length;
}

let steps = 0;

/** One command of the day, by somebody; its transcript is kept under the number of the step. */
async function says(user: string, args: readonly string[], running: Promise<Ran> = plugin.maint(args, { user })) {
  steps += 1;
  const words = args.map((word) => (/^[\w./=:,-]+$/.test(word) ? word : `'${word}'`)).join(' ');
  const command = `kubectl maint ${words}   # ${user}`;
  const title = `${String(steps).padStart(2, '0')}-${args
    .slice(0, 2)
    .join('-')
    .replaceAll(/[^\w-]/g, '')}`;
  await expect(transcriptOf(command, await running)).toMatchFileSnapshot(`transcripts/${title}.txt`);
}

test('morning: two people take a node, one of them is overdue soon', async () => {
  await says('ana', ['status']);
  await says('ana', ['on', 'worker-1', '--reason', 'swap a disk', '--for', '2h']);
  await says('ben', ['on', 'worker-1', '--reason', 'new kernel', '--ticket', 'CHG-7', '--for', '1s']);
  await until('his time is over', async () => {
    const { stdout } = await plugin.maint(['status', '-o', 'json']);
    const claims = listAt(listAt(JSON.parse(stdout), 'items')[0], 'claims');
    return claims.some((claim) => Date.parse(textAt(claim, 'until') ?? '') < Date.now());
  });
  await says('ben', ['status', '-o', 'wide']);
});

test('noon: an add-on is updated, and held back on the node; what is refused is shown by doctor', async () => {
  const set = ['set', 'image', '-n', 'logging', 'ds/fluent-bit', 'fluent-bit=fluent/fluent-bit:3.2'];
  expect(await plane.kubectl(set)).toMatchObject({ code: 0 });
  await until('every other node has the new version', async () => (await versions()).join() === '3.1,3.2,3.2,3.2,3.2');
  await says('ana', ['status', 'worker-1', '-o', 'wide']);
  await says('ana', ['doctor']);
});

test('afternoon: one owner leaves; the kubelet stops, and off waits for it; the add-on catches up', async () => {
  await says('ben', ['off', 'worker-1']);
  await plane.silenceNode('worker-1');
  await says('ana', ['off', 'worker-1', '--timeout', '3s']);
  const off = ['off', 'worker-1', '--healthy-for', '1s'];
  const running = await plugin.start(off, { user: 'ana' });
  await until('it waits', () => running.said().includes('not Ready'));
  await plane.reviveNode('worker-1');
  await says('ana', off, running.ended);
  expect(await versions()).toEqual(Array.from({ length: 5 }, () => '3.2'));
});

test('evening: a command on four nodes, one after the other; it fails on one, and goes on where it was', async () => {
  const nodes = [1, 2, 3, 4].map((number) => `worker-${number}`);
  const patch = (fails: string) => ['--', 'sh', '-c', `echo "patching $NODE"; [ "$NODE" != "${fails}" ]`];
  const flags = ['--reason', 'new kernel', '--healthy-for', '1s'];
  await says('ana', ['run', ...nodes, ...flags, ...patch('worker-2')]);
  await says('ana', ['status']);
  await says('ana', ['run', ...nodes.slice(1), ...flags, '--resume', ...patch('')]);
  await says('ana', ['status', '--exit-code']);
});

/** The versions of the log collector, sorted. */
async function versions(): Promise<readonly string[]> {
  const { body } = await plane.api('GET', '/api/v1/namespaces/logging/pods');
  return listAt(body, 'items')
    .filter((pod) => textAt(pod, 'metadata', 'deletionTimestamp') === undefined)
    .map((pod) => textAt(listAt(pod, 'spec', 'containers')[0], 'image')?.split(':')[1] ?? '')
    .sort();
}
