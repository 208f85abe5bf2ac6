/** Restores of Velero onto a node in maintenance and beside it, and what becomes of them after its return: docs/backups.md. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { appOf, close, fillVolumes, one, onEveryNode, open, runningPods, SHOP } from './shop.ts';
import { startVelero, VELERO_API, type Velero } from './stage.ts';
import { isWrittenDown } from './written.ts';

const NODES = ['node-1', 'node-2', 'node-3'];
const HELD = 'node-1';
/** A cache on each node, orders on the one that goes into maintenance, a web server that goes anywhere. */
const WORKLOADS = [onEveryNode('cache'), ...one('orders', { node: HELD }), ...one('web')];
const SIZE = 5;

let plane: ControlPlane;
let plugin: PluginRunner;
let webhook: WebhookProcess;
let velero: Velero;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES.length });
  plugin = pluginRunner(plane);
  webhook = await startWebhook(plane);
  await webhook.register();
  velero = await startVelero(plane, NODES);
  await fillVolumes(velero.kubelet, await open(plane, WORKLOADS, SIZE));
  const backup = await velero.carriedOut('backups', 'before', SHOP);
  expect(textAt(backup, 'status', 'phase')).toBe('Completed');
});

afterAll(async () => {
  await velero.end();
  await webhook.stop();
  await plane.stop();
});

/** The pods of the shop that run, by app and node, each with what stands in its volume. */
async function restored(): Promise<Readonly<Record<string, string | undefined>>> {
  const pods = await runningPods(plane);
  const found = pods.map(async (pod): Promise<[string, string | undefined]> => {
    const rows = await velero.kubelet.readBack(pod, 'data', 'rows');
    return [`${appOf(pod)} on ${textAt(pod, 'spec', 'nodeName') ?? ''}`, rows];
  });
  return Object.fromEntries(await Promise.all(found));
}

/** The pieces of a Restore that are not Completed: the apps of their pods, with the phase that each is in. */
async function unfinished(restore: string): Promise<readonly string[]> {
  const path = `${VELERO_API}/podvolumerestores?labelSelector=velero.io/restore-name=${restore}`;
  return listAt((await plane.api('GET', path)).body, 'items')
    .map((piece) => [textAt(piece, 'spec', 'pod', 'name')?.split('-')[0], textAt(piece, 'status', 'phase') ?? 'New'])
    .filter(([, phase]) => phase !== 'Completed')
    .map((piece) => piece.join(' '));
}

/** In whose name it was refused. */
const REFUSED = /\((Restore velero\/first|PodVolumeRestore velero\/first-[a-z0-9]+)\)/;
const IN_OUR_WORDS = new RegExp(`denied the request: backup: .* node ${HELD}, which is in maintenance`);

describe('while a node is in maintenance', () => {
  beforeAll(async () => {
    const ran = await plugin.maint(['on', HELD, '--no-drain', '--reason=disk', '--owner=ana']);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    await close(plane);
    await velero.make('restores', 'first', { backupName: 'before' });
  });

  test('what comes up beside it is restored', async () => {
    const isThere = async (): Promise<boolean> => Object.keys(await restored()).length === 3;
    await until('the caches of the other nodes and the web server run', isThere);
    const there = await restored();
    expect(there).toMatchObject({
      'cache on node-2': 'rows of cache on node-2',
      'cache on node-3': 'rows of cache on node-3',
    });
    expect(Object.keys(there).filter((pod) => pod.endsWith(HELD))).toEqual([]);
  });

  test('what tolerates its cordon comes onto it, and waits there for a volume whose piece is refused', async () => {
    const { body } = await plane.api('GET', `/api/v1/namespaces/shop/pods?fieldSelector=spec.nodeName%3D${HELD}`);
    expect(listAt(body, 'items').map((pod) => [appOf(pod), textAt(pod, 'status', 'phase')])).toEqual([
      ['cache', 'Pending'],
    ]);
    await isWrittenDown(plane, REFUSED);
  });

  test('what waits for the node is not refused, and the Restore waits with it', async () => {
    // Refused is the piece itself, or its pod where Velero made the piece before its pod had a node.
    const left = async (): Promise<readonly string[]> =>
      (await unfinished('first')).filter((piece) => piece !== 'cache Failed');
    await until('the others are done', async () => (await left()).length === 1);
    expect(await left()).toEqual(['orders New']);
    const { body } = await plane.api('GET', `${VELERO_API}/restores/first`);
    expect(textAt(body, 'status', 'phase')).toBe('InProgress');
  });
});

describe('after its return', () => {
  beforeAll(async () => {
    const off = await plugin.maint(['off', HELD, '--owner=ana', '--healthy-for=0s']);
    expect(off, off.stderr).toMatchObject({ code: 0 });
    const line = off.stderr.split('\n').find((one) => REFUSED.test(one));
    expect(line, off.stderr).toMatch(/^ {2}backup \(velero\): .*; lost: start it again$/);
  });

  test('what waited is restored, and the Restore is PartiallyFailed because of what was refused', async () => {
    const restore = await velero.ended('restores', 'first');
    expect(textAt(restore, 'status', 'phase')).toBe('PartiallyFailed');
    // Its pod runs a moment after the piece is done.
    const rows = async (): Promise<string | undefined> => (await restored())[`orders on ${HELD}`];
    await until('orders runs', async () => (await rows()) !== undefined);
    expect(await rows()).toBe(`rows of orders on ${HELD}`);
  });

  test.each(['logs', 'results'] as const)('the refusal stands in its %s in our words', async (what) => {
    expect(await velero.kept('restores', 'first', what)).toMatch(IN_OUR_WORDS);
  });

  test('restored once more into an empty namespace, everything is there', async () => {
    await close(plane);
    const restore = await velero.carriedOut('restores', 'second', { backupName: 'before' });
    expect(textAt(restore, 'status', 'phase')).toBe('Completed');
    await until('all run', async () => Object.keys(await restored()).length === SIZE);
    expect((await restored())[`cache on ${HELD}`]).toBe(`rows of cache on ${HELD}`);
  });
});
