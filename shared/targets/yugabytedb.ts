import { kindsOf } from '../kinds.ts';
import { backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const YUGABYTEDB = kindsOf('operator.yugabyte.io', {
  Backup: 'backups',
  BackupSchedule: 'backupschedules',
  RestoreJob: 'restorejobs',
});

/**
 * YugabyteDB operator. YugabyteDB Anywhere has its tablet servers do the work: a request names no node, and no pod is
 * made for it.
 */
export const yugabytedb: Tool = {
  id: 'yugabytedb',
  title: 'YugabyteDB operator',
  source: 'https://github.com/yugabyte/yugabyte-k8s-operator',
  known: 'code',
  patterns: [
    backupRoot({
      what: 'YugabyteDB backup or restore request',
      match: { kinds: [YUGABYTEDB.Backup, YUGABYTEDB.RestoreJob] },
      afterDenial: 'failed',
    }),
    backupSchedule({ what: 'YugabyteDB schedule', match: { kinds: [YUGABYTEDB.BackupSchedule] } }),
  ],
};
