import { backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * TiDB operator. Requests make Jobs that they own (CRDs of br.pingcap.com; of pingcap.com before version 2, as generally
 * known). What follows a refusal was not read.
 */
export const tidb: Tool = {
  id: 'tidb',
  title: 'TiDB operator backups',
  source: 'https://github.com/pingcap/tidb-operator',
  patterns: [
    backupLeaf({
      what: 'TiDB backup or restore job',
      match: {
        kinds: ['/Pod', 'batch/Job'],
        owners: [
          'br.pingcap.com/Backup',
          'br.pingcap.com/CompactBackup',
          'br.pingcap.com/Restore',
          'pingcap.com/Backup',
          'pingcap.com/Restore',
        ],
      },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'TiDB backup or restore request',
      match: {
        kinds: [
          'br.pingcap.com/Backup',
          'br.pingcap.com/CompactBackup',
          'br.pingcap.com/Restore',
          'pingcap.com/Backup',
          'pingcap.com/Restore',
        ],
      },
      afterDenial: 'failed',
    }),
    backupSchedule({
      what: 'TiDB backup schedule',
      match: { kinds: ['br.pingcap.com/BackupSchedule', 'pingcap.com/BackupSchedule'] },
    }),
  ],
};
