import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, backupLeaf, backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const MARIADB_OPERATOR = kindsOf('k8s.mariadb.com', {
  Backup: 'backups',
  PhysicalBackup: 'physicalbackups',
  Restore: 'restores',
});

/**
 * MariaDB operator. A Job or CronJob, owned by the request and named like it (batch_builder.go). A physical backup runs
 * beside the database by required pod affinity, so its node is that of the companion. A refused Job is tried again.
 */
export const mariadbOperator: Tool = {
  id: 'mariadb-operator',
  title: 'MariaDB operator',
  source: 'https://github.com/mariadb-operator/mariadb-operator',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'MariaDB backup or restore job',
      match: {
        kinds: CRONJOB_JOB_AND_POD,
        owners: [MARIADB_OPERATOR.Backup, MARIADB_OPERATOR.PhysicalBackup, MARIADB_OPERATOR.Restore],
      },
      afterDenial: 'retried',
    }),
    backupLeaf({
      what: 'MariaDB physical backup job',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { 'physicalbackup.k8s.mariadb.com/name': [] } },
      afterDenial: 'retried',
    }),
    backupRoot({
      what: 'MariaDB backup or restore request',
      match: { kinds: [MARIADB_OPERATOR.Backup, MARIADB_OPERATOR.PhysicalBackup, MARIADB_OPERATOR.Restore] },
      afterDenial: 'failed',
    }),
  ],
};
