import { backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * YugabyteDB operator. YugabyteDB Anywhere has its tablet servers do the work: a request names no node, and no pod is
 * made for it.
 */
export const yugabytedb: Tool = {
  id: 'yugabytedb',
  title: 'YugabyteDB operator',
  source: 'https://github.com/yugabyte/yugabyte-k8s-operator',
  patterns: [
    backupRoot({
      what: 'YugabyteDB backup or restore request',
      match: { kinds: ['operator.yugabyte.io/Backup', 'operator.yugabyte.io/RestoreJob'] },
      afterDenial: 'failed',
    }),
    backupSchedule({ what: 'YugabyteDB schedule', match: { kinds: ['operator.yugabyte.io/BackupSchedule'] } }),
  ],
};
