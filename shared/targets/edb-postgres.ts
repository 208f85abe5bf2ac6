import { kindsOf } from '../kinds.ts';
import { JOB_AND_POD, backupLeaf, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const EDB_POSTGRES = kindsOf('postgresql.k8s.enterprisedb.io', {
  Backup: 'backups',
  ScheduledBackup: 'scheduledbackups',
});

/**
 * EDB Postgres for Kubernetes. It is CloudNativePG under names of its own (k8s.enterprisedb.io for cnpg.io): see there.
 */
export const edbPostgres: Tool = {
  id: 'edb-postgres',
  title: 'EDB Postgres for Kubernetes',
  source: 'https://www.enterprisedb.com/docs/postgres_for_kubernetes/latest/',
  known: 'documentation',
  patterns: [
    backupLeaf({
      what: 'EDB Postgres backup',
      match: { kinds: [EDB_POSTGRES.Backup] },
      node: {
        in: 'pods-labelled',
        labels: {
          'k8s.enterprisedb.io/cluster': { field: ['spec', 'cluster', 'name'] },
          'k8s.enterprisedb.io/podRole': { value: 'instance' },
        },
      },
      afterDenial: 'failed',
    }),
    backupLeaf({
      what: 'EDB Postgres recovery job',
      match: {
        kinds: JOB_AND_POD,
        labels: { 'k8s.enterprisedb.io/jobRole': ['full-recovery', 'snapshot-recovery'] },
      },
      afterDenial: 'retried',
    }),
    backupSchedule({
      what: 'EDB Postgres schedule',
      match: { kinds: [EDB_POSTGRES.ScheduledBackup] },
    }),
  ],
};
