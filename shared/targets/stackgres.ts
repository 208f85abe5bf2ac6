import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, backupLeaf, requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

const STACKGRES = kindsOf('stackgres.io', { SGBackup: 'sgbackups' });

/**
 * StackGres. Scheduled backups are CronJobs with a label, others Jobs that the SGBackup owns. The labels of their Jobs were
 * not read.
 */
export const stackgres: Tool = {
  id: 'stackgres',
  title: 'StackGres',
  source: 'https://stackgres.io',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'StackGres backup job',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { 'stackgres.io/scheduled-backup': [] } },
      afterDenial: 'lost',
    }),
    ...requestedBackups('StackGres', [STACKGRES.SGBackup], 'lost'),
  ],
};
