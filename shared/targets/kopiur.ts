import { kindsOf } from '../kinds.ts';
import { backupSchedule, requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

const KOPIUR = kindsOf('kopiur.home-operations.com', {
  Maintenance: 'maintenances',
  RepositoryReplication: 'repositoryreplications',
  Restore: 'restores',
  Snapshot: 'snapshots',
  SnapshotSchedule: 'snapshotschedules',
});

/**
 * Kopiur. Mover Jobs run Kopia, and are owned by the Snapshot, the Restore or the Maintenance that asks for them.
 */
export const kopiur: Tool = {
  id: 'kopiur',
  title: 'Kopiur',
  source: 'https://github.com/home-operations/kopiur',
  known: 'code',
  patterns: [
    ...requestedBackups(
      'Kopia',
      [KOPIUR.Snapshot, KOPIUR.Restore, KOPIUR.Maintenance, KOPIUR.RepositoryReplication],
      'lost',
    ),
    backupSchedule({ what: 'Kopia schedule', match: { kinds: [KOPIUR.SnapshotSchedule] } }),
  ],
};
