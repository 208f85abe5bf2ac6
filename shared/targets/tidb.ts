import { kindsOf } from '../kinds.ts';
import { JOB_AND_POD, backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const TIDB = kindsOf('br.pingcap.com', {
  Backup: 'backups',
  BackupSchedule: 'backupschedules',
  CompactBackup: 'compactbackups',
  Restore: 'restores',
});
const TIDB_V1 = kindsOf('pingcap.com', { Backup: 'backups', BackupSchedule: 'backupschedules', Restore: 'restores' });

/**
 * TiDB operator. Requests make Jobs that they own (CRDs of br.pingcap.com; of pingcap.com before version 2, as generally
 * known). What follows a refusal was not read.
 */
export const tidb: Tool = {
  id: 'tidb',
  title: 'TiDB operator backups',
  source: 'https://github.com/pingcap/tidb-operator',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'TiDB backup or restore job',
      match: {
        kinds: JOB_AND_POD,
        owners: [TIDB.Backup, TIDB.CompactBackup, TIDB.Restore, TIDB_V1.Backup, TIDB_V1.Restore],
      },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'TiDB backup or restore request',
      match: {
        kinds: [TIDB.Backup, TIDB.CompactBackup, TIDB.Restore, TIDB_V1.Backup, TIDB_V1.Restore],
      },
      afterDenial: 'failed',
    }),
    backupSchedule({
      what: 'TiDB backup schedule',
      match: { kinds: [TIDB.BackupSchedule, TIDB_V1.BackupSchedule] },
    }),
  ],
};
