/**
 * Volumes of which Velero's data movers carry snapshots away and back, while a node is in maintenance: docs/backups.md. The CSI
 * driver is a stand-in (storage.ts), all else is real.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { until } from '../../support/until.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { close, one, open } from './shop.ts';
import { dueSinceYesterday, startVelero, VELERO_API, type Velero } from './stage.ts';
import { LOCAL_DISK, startStorage, type Storage } from './storage.ts';
import { isWrittenDown } from './written.ts';

const NODES = ['node-1', 'node-2'];
const HELD = 'node-1';
/** Both of them work with local disks of the node in maintenance, `orders` also where it is cordoned. */
const WORKLOADS = [
  ...one('orders', { node: HELD, storageClass: LOCAL_DISK, isCordoned: true }),
  ...one('mail', { node: HELD, storageClass: LOCAL_DISK }),
  ...one('web', { node: 'node-2', storageClass: LOCAL_DISK }),
];
const APPS = ['mail', 'orders', 'web'];
const MOVED = { includedNamespaces: ['shop'], storageLocation: 'default', snapshotMoveData: true, ttl: '1h' };

let plane: ControlPlane;
let plugin: PluginRunner;
let webhook: WebhookProcess;
let storage: Storage;
let velero: Velero;

beforeAll(async () => {
  plane = await startControlPlane({ nodes: NODES.length });
  plugin = pluginRunner(plane);
  webhook = await startWebhook(plane);
  await webhook.register();
  storage = await startStorage(plane, await mkdtemp(join(tmpdir(), 'maint-volumes-')));
  velero = await startVelero(plane, NODES, {
    server: ['--features=EnableCSI'],
    agents: ['--features=EnableCSI'],
    claimed: (claim) => storage.claimed(claim),
  });
  await open(plane, WORKLOADS, APPS.length);
  for (const app of APPS) await storage.fill(app, 'rows', `rows of ${app}`);
});

afterAll(async () => {
  await velero.end();
  await storage.end();
  await webhook.stop();
  await plane.stop();
});

interface Movement {
  readonly phase: string | undefined;
  readonly message: string | undefined;
}

/** What the data movers make of a Backup or of a Restore, by claim. */
async function movements(
  resource: 'datauploads' | 'datadownloads',
  of: string,
): Promise<Readonly<Record<string, Movement>>> {
  const { body } = await plane.api('GET', `/apis/velero.io/v2alpha1/namespaces/velero/${resource}?labelSelector=${of}`);
  return Object.fromEntries(
    listAt(body, 'items').map((item) => {
      const claim = textAt(item, 'spec', 'sourcePVC') ?? textAt(item, 'spec', 'targetVolume', 'pvc') ?? '';
      return [claim, { phase: textAt(item, 'status', 'phase'), message: textAt(item, 'status', 'message') }];
    }),
  );
}

function uploads(backup: string): Promise<Readonly<Record<string, Movement>>> {
  return movements('datauploads', `velero.io/backup-name=${backup}`);
}

function downloads(restore: string): Promise<Readonly<Record<string, Movement>>> {
  return movements('datadownloads', `velero.io/restore-name=${restore}`);
}

async function phases(
  of: Promise<Readonly<Record<string, Movement>>>,
): Promise<Readonly<Record<string, string | undefined>>> {
  return Object.fromEntries(Object.entries(await of).map(([claim, { phase }]) => [claim, phase]));
}

async function theOnlyBackup(): Promise<string> {
  const { body } = await plane.api('GET', `${VELERO_API}/backups?labelSelector=velero.io/schedule-name=nightly`);
  return textAt(listAt(body, 'items')[0], 'metadata', 'name') ?? '';
}

const IN_OUR_WORDS = new RegExp(`denied the request: backup: .* node ${HELD}, which is in maintenance`);

async function on(): Promise<void> {
  const ran = await plugin.maint(['on', HELD, '--no-drain', '--reason=disk', '--owner=ana']);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
}

/** Ends the maintenance when the refusals are written down; what `off` says of them. */
async function off(whose: string): Promise<string> {
  await isWrittenDown(plane, new RegExp(`\\(${whose}`));
  const ran = await plugin.maint(['off', HELD, '--owner=ana', '--healthy-for=0s']);
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  return ran.stderr;
}

describe('a Backup', () => {
  let refused: string;

  test('fails at once for volumes of the node in maintenance, in our words; the others are done', async () => {
    await on();
    await velero.make('schedules', 'nightly', { schedule: '@every 10h', template: MOVED }, dueSinceYesterday());
    await until('the Schedule has made a Backup', async () => (await theOnlyBackup()) !== '');
    refused = await theOnlyBackup();
    const backup = await velero.ended('backups', refused);
    expect(textAt(backup, 'status', 'phase')).toBe('PartiallyFailed');
    expect(await phases(uploads(refused))).toEqual({ mail: 'Failed', orders: 'Failed', web: 'Completed' });
    expect((await uploads(refused))['orders']?.message).toMatch(IN_OUR_WORDS);
  });

  test('after its return redo finds it by what its data movers were refused, and makes it again', async () => {
    const told = await off('DataUpload velero/');
    expect(told).toMatch(/^ {2}backup \(velero\): .* \(DataUpload velero\/nightly-.*\): .*; lost: start it again$/m);
    expect(told).toContain('kubectl maint redo');
    const made = await plugin.maint(['redo', `backup/velero/${refused}`]);
    expect(made, made.stderr).toMatchObject({ code: 0 });
    whole = /^backup\.velero\.io\/(\S+) created$/m.exec(made.stdout)?.[1] ?? '';
    expect(textAt(await velero.ended('backups', whole), 'status', 'phase')).toBe('Completed');
    expect(await phases(uploads(whole))).toEqual({ mail: 'Completed', orders: 'Completed', web: 'Completed' });
  });
});

/** The Backup that has all volumes. */
let whole: string;

describe('a Restore', () => {
  test('onto the node is refused in our words where a pod tolerates the cordon, and waits where it does not', async () => {
    await on();
    await close(plane);
    await velero.make('restores', 'first', { backupName: whole });
    // The agent that waits for a volume to be claimed looks at no other one meanwhile, so `web` may have to wait with `mail`.
    const isSo = async (): Promise<boolean> => {
      const { mail, orders } = await phases(downloads('first'));
      return mail === 'Accepted' && orders === 'Failed';
    };
    await until('one waits and one is refused', isSo);
    expect((await downloads('first'))['orders']?.message).toMatch(IN_OUR_WORDS);
  });

  test('after its return what waited is restored; the refusal is with the DataDownload', async () => {
    expect(await off('DataDownload velero/first-')).toMatch(
      /^ {2}backup \(velero\): .* \(DataDownload velero\/first-.*\): .*; lost: start it again$/m,
    );
    const restore = await velero.ended('restores', 'first');
    expect(textAt(restore, 'status', 'phase')).toBe('PartiallyFailed');
    expect(await phases(downloads('first'))).toEqual({ mail: 'Completed', orders: 'Failed', web: 'Completed' });
    // The Restore's results have it only where it was refused before Velero had gone through all items, which is a matter of luck.
    expect((await downloads('first'))['orders']?.message).toMatch(IN_OUR_WORDS);
    await until('mail has its volume', async () => (await storage.readBack('mail', 'rows')) === 'rows of mail');
  });
});
