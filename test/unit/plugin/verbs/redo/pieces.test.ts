import { expect, test } from 'vitest';
import { ClusterRefusal } from '../../../../../shared/index.ts';
import type { OwnEvent } from '../../../../../plugin/nodes/own-events.ts';
import { withBackups } from '../../../../../plugin/verbs/redo/pieces.ts';
import { ToldCluster } from '../../world.ts';

const AT = '2026-01-05T02:00:00Z';
const MOVED = 'backup (velero): node n1 (DataUpload velero/daily-1-x7k2p)';
const COPIED = 'backup (velero): node n1 (PodVolumeBackup velero/daily-1-b4m9q)';
const PATHS = [
  '/apis/velero.io/v2alpha1/namespaces/velero/datauploads/daily-1-x7k2p',
  '/apis/velero.io/v1/namespaces/velero/podvolumebackups/daily-1-b4m9q',
];
const owned = (...owners: readonly string[]): object => ({
  metadata: { ownerReferences: owners.map((kind) => ({ kind, name: 'daily-1' })) },
});

const event = (message: string): OwnEvent => ({
  ...{ node: 'n1', uid: undefined, reason: 'WorkDenied', message, count: 1, createdAt: AT, lastAt: AT },
  afterDenial: 'lost',
});

test.each<[what: string, message: string, piece: object | undefined, told: string]>([
  ['its Backup stands for it', MOVED, owned('Pod', 'Backup'), 'backup (velero): node n1 (Backup velero/daily-1)'],
  ['for files, too', COPIED, owned('Backup'), 'backup (velero): node n1 (Backup velero/daily-1)'],
  ['one that is gone stays', MOVED, undefined, MOVED],
  ['one that no Backup owns stays', MOVED, owned('Pod'), MOVED],
  ['other work stays', 'backup: n1 (CronJob shop/nightly)', owned('Backup'), 'backup: n1 (CronJob shop/nightly)'],
])('%s', async (_what, message, piece, told) => {
  const cluster = new ToldCluster();
  for (const path of PATHS) cluster.objects.set(path, piece);
  expect(await withBackups([event(message)], cluster)).toEqual([event(told)]);
});

test('one that may not be read stays, and another failure is told', async () => {
  const cluster = new ToldCluster();
  const failing = (status: number): void => {
    cluster.get = () => Promise.reject(new ClusterRefusal({ status, reason: '', message: 'no', body: {} }));
  };
  failing(403);
  expect(await withBackups([event(MOVED)], cluster)).toEqual([event(MOVED)]);
  failing(500);
  await expect(withBackups([event(MOVED)], cluster)).rejects.toThrow();
});
