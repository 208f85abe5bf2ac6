import { CRONJOB_JOB_AND_POD, backupLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Zalando's postgres-operator. Logical backups: one CronJob a cluster, labelled on itself, its Jobs and their pods
 * (pkg/cluster/k8sres.go generateLogicalBackupJob).
 */
export const zalandoPostgres: Tool = {
  id: 'zalando-postgres',
  title: 'Zalando postgres-operator',
  source: 'https://github.com/zalando/postgres-operator',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'logical backup of a Zalando PostgreSQL cluster',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { application: ['spilo-logical-backup'] } },
      afterDenial: 'lost',
    }),
  ],
};
