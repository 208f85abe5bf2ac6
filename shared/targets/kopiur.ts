import { backupSchedule, requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Kopiur. Mover Jobs that run Kopia, owned by the Snapshot, the Restore or the Maintenance that asks for them.
 */
export const kopiur: Tool = {
  id: 'kopiur',
  title: 'Kopiur',
  source: 'https://github.com/home-operations/kopiur',
  patterns: [
    ...requestedBackups(
      'Kopia',
      [
        'kopiur.home-operations.com/Snapshot',
        'kopiur.home-operations.com/Restore',
        'kopiur.home-operations.com/Maintenance',
        'kopiur.home-operations.com/RepositoryReplication',
      ],
      'lost',
    ),
    backupSchedule({ what: 'Kopia schedule', match: { kinds: ['kopiur.home-operations.com/SnapshotSchedule'] } }),
  ],
};
