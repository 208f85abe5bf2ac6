import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const KUBESTASH = kindsOf('core.kubestash.com', {
  BackupBatch: 'backupbatches',
  BackupConfiguration: 'backupconfigurations',
  BackupSession: 'backupsessions',
  BackupVerificationSession: 'backupverificationsessions',
  RestoreSession: 'restoresessions',
});

/**
 * KubeStash. A CronJob `trigger-*` makes a BackupSession, whose Jobs carry `kubestash.com/invoker-name`
 * (apimachinery apis/constant.go). The operator is closed source: what it does after a refusal was not read.
 */
export const kubestash: Tool = {
  id: 'kubestash',
  title: 'KubeStash',
  source: 'https://kubestash.com',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'KubeStash backup or restore job',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { 'kubestash.com/invoker-name': [] } },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'KubeStash backup or restore request',
      match: {
        kinds: [KUBESTASH.BackupSession, KUBESTASH.BackupVerificationSession, KUBESTASH.RestoreSession],
      },
      afterDenial: 'lost',
    }),
    backupSchedule({
      what: 'KubeStash schedule',
      match: { kinds: [KUBESTASH.BackupBatch, KUBESTASH.BackupConfiguration] },
    }),
  ],
};
