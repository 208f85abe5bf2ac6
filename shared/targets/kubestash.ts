import { RUNS, backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * KubeStash. A CronJob `trigger-*` makes a BackupSession, whose Jobs carry `kubestash.com/invoker-name`
 * (apimachinery apis/constant.go). The operator is closed source: what it does after a refusal was not read.
 */
export const kubestash: Tool = {
  id: 'kubestash',
  title: 'KubeStash',
  source: 'https://kubestash.com',
  patterns: [
    backupLeaf({
      what: 'KubeStash backup or restore job',
      match: { kinds: RUNS, labels: { 'kubestash.com/invoker-name': [] } },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'KubeStash backup or restore request',
      match: {
        kinds: [
          'core.kubestash.com/BackupSession',
          'core.kubestash.com/BackupVerificationSession',
          'core.kubestash.com/RestoreSession',
        ],
      },
      afterDenial: 'lost',
    }),
    backupSchedule({
      what: 'KubeStash schedule',
      match: { kinds: ['core.kubestash.com/BackupBatch', 'core.kubestash.com/BackupConfiguration'] },
    }),
  ],
};
