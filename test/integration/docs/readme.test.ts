/** The README's first maintenance and its further command lines, as they stand there: pasted into a shell, and what they say. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { documentedCommands, runInShell } from '../../support/documented.ts';
import type { Ran } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { installFloor } from '../../support/floor.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';

const README = '../README.md';
const RACK = { rack: 'b7' };

let plane: ControlPlane;
let webhook: WebhookProcess;
let folder: string;

beforeAll(async () => {
  plane = await startControlPlane({
    nodes: Array.from({ length: 20 }, (_, index) => index + 1).map((number) => ({
      name: `worker-${number}`,
      labels: number === 2 || number === 4 ? RACK : {},
    })),
  });
  webhook = await startWebhook(plane);
  await webhook.register();
  // As the chart brings it.
  await installFloor(plane);
  folder = await mkdtemp(join(tmpdir(), 'maint-readme-'));
  await writeFile(join(folder, 'upgrade.sh'), '#!/bin/sh\necho "upgrading $NODE at $NODE_IP"\n');
  await chmod(join(folder, 'upgrade.sh'), 0o755);
  // Shops that run on 20 nodes have more to spare than the demo's.
  const shop = await readFile('test/demo/manifests/shop.yaml', 'utf8');
  const input = shop.replace('replicas: 8', 'replicas: 40').replace('maxUnavailable: 1', 'maxUnavailable: 50%');
  expect(await plane.kubectl(['apply', '-f', '-'], { input })).toMatchObject({ code: 0 });
  await until('a pod of the web is on worker-3', async () => (await podsOn('worker-3')).includes('web'));
});
afterAll(async () => {
  await webhook.stop();
  await plane.stop();
  await rm(folder, { recursive: true });
});

/** The apps of the shop that have a pod on a node. */
async function podsOn(node: string): Promise<readonly string[]> {
  const { body } = await plane.api('GET', `/api/v1/namespaces/shop/pods?fieldSelector=spec.nodeName%3D${node}`);
  return listAt(body, 'items').map((pod) => textAt(pod, 'metadata', 'labels', 'app') ?? '');
}

/** Pastes a block into a shell; lines behind a prompt are what is typed, the others what is to be read then. */
async function pasted(block: string): Promise<{ readonly ran: Ran; readonly promised: readonly string[] }> {
  const lines = block.split('\n').map((line) => line.slice('    '.length));
  const typed = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice('$ '.length));
  const commands = typed.length > 0 ? typed : lines;
  const promised = typed.length > 0 ? lines.filter((line) => line !== '' && !line.startsWith('$ ')) : [];
  return { ran: await runInShell(plane, commands.join('\n'), folder), promised };
}

/** What differs from pod to pod. */
const masked = (line: string): string => line.replaceAll(/web-[0-9a-f]{6,10}-[a-z0-9]{5}/g, 'web-<hash>');

test('the first maintenance', async () => {
  const blocks = await documentedCommands(README, 'Your first maintenance');
  expect(blocks).toHaveLength(4);
  for (const block of blocks) {
    const update = ['set', 'image', '-n', 'logging', 'ds/fluent-bit', 'fluent-bit=fluent/fluent-bit:3.2'];
    if (block.includes('maint off')) expect(await plane.kubectl(update)).toMatchObject({ code: 0 });
    const { ran, promised } = await pasted(block);
    expect(ran, `${block}${ran.stdout}${ran.stderr}`).toMatchObject({ code: 0 });
    const said = `${ran.stdout}\n${ran.stderr}`.split('\n').map(masked);
    for (const line of promised.map(masked)) expect(said).toContain(line);
  }
});

test('each line of further use, by itself', async () => {
  const lines = (await documentedCommands(README, 'Use')).join('').match(/^.+$/gm) ?? [];
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) {
    const { ran } = await pasted(line);
    expect(ran, `${line}\n${ran.stderr}`).toMatchObject({ code: 0 });
    if (line.includes('upgrade.sh'))
      for (const node of ['worker-2', 'worker-4']) expect(ran.stdout).toContain(`upgrading ${node} at `);
    const back = 'kubectl maint off -l kubectl-maint.io/maintenance --all --skip-health-check';
    if (!line.includes('upgrade.sh')) expect(await runInShell(plane, back)).toMatchObject({ code: 0 });
  }
  // Two nodes come back one after the other, and each is watched for the 30 s that nobody changes here.
}, 240_000);
