import { JOB_AND_POD, CRONJOB_JOB_AND_POD, backupLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * PGO. No request kind of its own: an annotation on the PostgresCluster makes Jobs and CronJobs (naming/labels.go). Of
 * `pgbackrest-backup` only `manual` and `scheduled` are backups: `replica-create` builds replicas. A refused Job is tried
 * again.
 */
export const crunchyPgo: Tool = {
  id: 'crunchy-pgo',
  title: 'Crunchy Postgres operator (PGO)',
  source: 'https://github.com/CrunchyData/postgres-operator',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'pgBackRest backup job',
      match: {
        kinds: JOB_AND_POD,
        labels: { 'postgres-operator.crunchydata.com/pgbackrest-backup': ['manual', 'scheduled'] },
      },
      afterDenial: 'retried',
    }),
    backupLeaf({
      what: 'scheduled pgBackRest backup',
      match: {
        kinds: CRONJOB_JOB_AND_POD,
        labels: { 'postgres-operator.crunchydata.com/pgbackrest-cronjob': ['full', 'diff', 'incr'] },
      },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'pgBackRest restore job',
      match: { kinds: JOB_AND_POD, labels: { 'postgres-operator.crunchydata.com/pgbackrest-restore': [] } },
      afterDenial: 'retried',
    }),
  ],
};
