/** Backups that a Schedule of Velero makes over three nodes of which one is in maintenance, and what Velero tells of them: docs/backups.md. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAt, stringMapAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { installFloor } from '../../support/floor.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { fillVolumes, onEveryNode, open, SHOP } from './shop.ts';
import { dueSinceYesterday, startVelero, VELERO_API, type Velero } from './stage.ts';

const NODES = ['node-1', 'node-2', 'node-3'];
const HELD = 'node-1';
const WHOLE = { 'node-1': 'Completed', 'node-2': 'Completed', 'node-3': 'Completed' };

const REFUSED = { ...WHOLE, [HELD]: 'Failed' };
/** As the floor says it, which is asked before the webhook. */
const IN_OUR_WORDS = new RegExp(
  `ValidatingAdmissionPolicy 'backup.kubectl-maint.io' .* denied request: backup: .* node ${HELD}, which is in maintenance`,
);

/** How long Velero may wait for the volumes of a Backup: its Schedule passes it on. */
const VOLUMES_WITHIN = 'velero.io/pod-volume-timeout';

let plane: ControlPlane;
let plugin: PluginRunner;
let webhook: WebhookProcess;
let velero: Velero;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES.length });
  plugin = pluginRunner(plane);
  await installFloor(plane);
  webhook = await startWebhook(plane);
  await webhook.register();
  velero = await startVelero(plane, NODES);
  await fillVolumes(velero.kubelet, await open(plane, [onEveryNode('cache')], NODES.length));
});

afterAll(async () => {
  await velero.end();
  await webhook.stop();
  await plane.stop();
});

/** The Backups of the Schedule, the first one first. */
async function backups(): Promise<readonly string[]> {
  const { body } = await plane.api('GET', `${VELERO_API}/backups?labelSelector=velero.io/schedule-name=nightly`);
  return listAt(body, 'items')
    .toSorted((a, b) => madeAt(a) - madeAt(b))
    .map((backup) => textAt(backup, 'metadata', 'name') ?? '');
}

async function phaseOf(backup: string): Promise<string | undefined> {
  const { body } = await plane.api('GET', `${VELERO_API}/backups/${backup}`);
  return textAt(body, 'status', 'phase');
}

function madeAt(object: unknown): number {
  return Date.parse(textAt(object, 'metadata', 'creationTimestamp') ?? '');
}

const HAS_ONE = /velero\/nightly still has backups that are in InProgress or New/;

/** The Schedule is due; Velero looks each minute, and at once when the Schedule has changed. */
async function comesRound(ttl: string): Promise<void> {
  const change = { spec: { template: { ttl } }, ...dueSinceYesterday() };
  await plane.api('PATCH', `${VELERO_API}/schedules/nightly`, change);
}

describe('while a node is in maintenance', () => {
  let first: unknown;
  let atOnce: readonly string[];

  beforeAll(async () => {
    const ran = await plugin.maint(['on', HELD, '--reason=disk', '--owner=ana']);
    expect(ran, ran.stderr).toMatchObject({ code: 0 });
    const spec = { schedule: '@every 10m', template: { ...SHOP, ttl: '1h' } };
    await velero.make('schedules', 'nightly', spec, {
      metadata: { annotations: { [VOLUMES_WITHIN]: '10m' } },
      ...dueSinceYesterday(),
    });
    await until('the Schedule has made a Backup', async () => (await backups()).length === 1);
    const [name = ''] = await backups();
    await until('it is being carried out', async () => (await phaseOf(name)) === 'InProgress');
    await comesRound('2h');
    await until('Velero has looked, and makes no second one meanwhile', async () => HAS_ONE.test(await velero.said()));
    // Nor does it at its next look, when the first may be over.
    await plane.api('PATCH', `${VELERO_API}/schedules/nightly`, { status: { lastBackup: new Date().toISOString() } });
    first = await velero.ended('backups', name);
    atOnce = await backups();
  });

  test('its piece fails at once, in our words; the others are done', async () => {
    expect(textAt(first, 'status', 'phase')).toBe('PartiallyFailed');
    expect(await velero.pieces(atOnce[0] ?? '')).toEqual(REFUSED);
    const { body } = await plane.api('GET', `${VELERO_API}/podvolumebackups`);
    const [piece] = listAt(body, 'items').filter((one) => textAt(one, 'spec', 'node') === HELD);
    expect(textAt(piece, 'status', 'message')).toMatch(IN_OUR_WORDS);
  });

  test.each(['logs', 'results'] as const)('the refusal stands in its %s in our words', async (what) => {
    const text = await velero.kept('backups', atOnce[0] ?? '', what);
    expect(text).toMatch(IN_OUR_WORDS);
  });

  test('the Schedule makes no second one meanwhile, and its next one is refused in the same way', async () => {
    expect(atOnce).toHaveLength(1);
    await comesRound('3h');
    await until('the next run is made', async () => (await backups()).length === 2);
    const [, name = ''] = await backups();
    const next = await velero.ended('backups', name);
    expect(textAt(next, 'status', 'phase')).toBe('PartiallyFailed');
    expect(await velero.pieces(name)).toEqual(REFUSED);
  });
});

describe('after its return', () => {
  let refused: readonly string[];

  beforeAll(async () => {
    refused = await backups();
    const off = await plugin.maint(['off', HELD, '--owner=ana', '--healthy-for=0s']);
    expect(off, off.stderr).toMatchObject({ code: 0 });
    for (const name of refused)
      expect(off.stderr).toMatch(new RegExp(`^ {2}Backup velero/${name}: once, .*; lost: start it again$`, 'm'));
    expect(off.stderr).toContain('kubectl maint redo');
  });

  test('redo lists both, and makes one of them again from its Schedule, with all pieces', async () => {
    const [earlier = '', last = ''] = refused;
    const listed = await plugin.maint(['redo']);
    expect(listed.stdout).toMatch(
      new RegExp(`^backup/velero/${earlier} .+a later one counts +${last} was made since`, 'm'),
    );
    expect(listed.stdout).toMatch(new RegExp(`^backup/velero/${last} .+not made up for`, 'm'));
    const made = await plugin.maint(['redo', `backup/velero/${last}`]);
    expect(made, made.stderr).toMatchObject({ code: 0 });
    const name = /^backup\.velero\.io\/(\S+) created$/m.exec(made.stdout)?.[1] ?? '';
    const again = await velero.ended('backups', name);
    expect(textAt(again, 'status', 'phase')).toBe('Completed');
    expect(await velero.pieces(name)).toEqual(WHOLE);
    expect(stringMapAt(again, 'metadata', 'annotations').get(VOLUMES_WITHIN)).toBe('10m');
    expect((await plugin.maint(['redo'])).stdout).not.toContain('not made up for');
  });
});
