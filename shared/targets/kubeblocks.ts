import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, backupLeaf, backupSchedule, requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

const KUBEBLOCKS = kindsOf('dataprotection.kubeblocks.io', {
  Backup: 'backups',
  BackupSchedule: 'backupschedules',
  Restore: 'restores',
});

/**
 * KubeBlocks. Jobs carry the name of their backup or restore (pkg/dataprotection/types/constant.go); the request may
 * stand in another namespace than its Job.
 */
export const kubeblocks: Tool = {
  id: 'kubeblocks',
  title: 'KubeBlocks',
  source: 'https://kubeblocks.io',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'KubeBlocks backup or restore job',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { 'dataprotection.kubeblocks.io/backup-name': [] } },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'KubeBlocks backup or restore job',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { 'dataprotection.kubeblocks.io/restore-name': [] } },
      afterDenial: 'lost',
    }),
    ...requestedBackups('KubeBlocks', [KUBEBLOCKS.Backup, KUBEBLOCKS.Restore], 'lost'),
    backupSchedule({ what: 'KubeBlocks schedule', match: { kinds: [KUBEBLOCKS.BackupSchedule] } }),
  ],
};
