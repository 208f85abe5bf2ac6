import { kindsOf } from '../kinds.ts';
import { JOB_AND_POD, backupLeaf, backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const PERCONA_POSTGRESQL = kindsOf('pgv2.percona.com', {
  PerconaPGBackup: 'perconapgbackups',
  PerconaPGRestore: 'perconapgrestores',
});

/**
 * Percona operator for PostgreSQL. Jobs with the labels of Crunchy's PGO carry out its requests; a backup's Job is owned by
 * a PerconaPGBackup. That owner alone proves nothing: Jobs that build replicas (`replica-create`) have it too, and the
 * database needs them. A PerconaPGRestore that says Succeeded is the operator's record of how a cluster got its first data;
 * the API server drops what a writer says there.
 */
export const perconaPostgresql: Tool = {
  id: 'percona-postgresql',
  title: 'Percona operator for PostgreSQL',
  source: 'https://github.com/percona/percona-postgresql-operator',
  known: 'manifests',
  patterns: [
    backupLeaf({
      what: 'Percona PostgreSQL backup job',
      match: {
        kinds: JOB_AND_POD,
        owners: [PERCONA_POSTGRESQL.PerconaPGBackup],
        labels: { 'postgres-operator.crunchydata.com/pgbackrest-backup': ['manual', 'scheduled'] },
      },
      afterDenial: 'retried',
    }),
    backupRoot({
      what: 'Percona PostgreSQL backup request',
      match: { kinds: [PERCONA_POSTGRESQL.PerconaPGBackup] },
      afterDenial: 'failed',
    }),
    backupRoot({
      what: 'Percona PostgreSQL restore request',
      match: { kinds: [PERCONA_POSTGRESQL.PerconaPGRestore], endedBy: { 'status.state': ['Succeeded'] } },
      afterDenial: 'failed',
    }),
  ],
};
