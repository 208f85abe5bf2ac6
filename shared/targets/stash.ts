import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const STASH = kindsOf('stash.appscode.com', {
  BackupBatch: 'backupbatches',
  BackupConfiguration: 'backupconfigurations',
  BackupSession: 'backupsessions',
  RestoreBatch: 'restorebatches',
  RestoreSession: 'restoresessions',
});

/**
 * Stash. A CronJob `stash-trigger-*` makes a BackupSession, whose Jobs carry `app: stash` and the invoker
 * (apimachinery apis/constant.go). Sidecars are part of the application and pass. Not read: what follows a refusal.
 */
export const stash: Tool = {
  id: 'stash',
  title: 'Stash',
  source: 'https://stash.run',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'Stash backup or restore job',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { app: ['stash'], 'stash.appscode.com/invoker-name': [] } },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'Stash backup or restore job',
      match: {
        kinds: CRONJOB_JOB_AND_POD,
        images: ['stash'],
        names: ['stash-backup-', 'stash-restore-', 'stash-trigger-', 'stash-vs-'],
      },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'Stash backup or restore request',
      match: {
        kinds: [STASH.BackupSession, STASH.RestoreBatch, STASH.RestoreSession],
      },
      afterDenial: 'lost',
    }),
    backupSchedule({
      what: 'Stash schedule',
      match: { kinds: [STASH.BackupBatch, STASH.BackupConfiguration] },
    }),
  ],
};
