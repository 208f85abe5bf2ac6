import { CRONJOB_JOB_AND_POD, backupLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * MOCO. A CronJob for backups and a Job for a restore, owned by the MySQLCluster and labelled
 * (controllers/mysqlcluster_controller.go reconcileV1BackupJob, reconcileV1RestoreJob).
 */
export const moco: Tool = {
  id: 'moco',
  title: 'MOCO',
  source: 'https://github.com/cybozu-go/moco',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'MOCO backup or restore job',
      match: {
        kinds: CRONJOB_JOB_AND_POD,
        labels: { 'app.kubernetes.io/name': ['mysql-backup'], 'app.kubernetes.io/created-by': ['moco'] },
      },
      afterDenial: 'lost',
    }),
  ],
};
