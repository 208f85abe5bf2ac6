import { kindsOf, resourceIn } from '../kinds.ts';
import { JOB_AND_POD, backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const CLOUDNATIVE_PG = kindsOf('postgresql.cnpg.io', {
  Backup: 'backups',
  Cluster: 'clusters',
  ScheduledBackup: 'scheduledbackups',
});

/**
 * CloudNativePG. A Backup runs inside an instance pod of its cluster, and which one is only known later
 * (backup_controller.go, `status.instanceID`); it is refused where every instance is on a node in maintenance. A refused
 * run of a ScheduledBackup is made after the maintenance (scheduledbackup_controller.go). A restore is a new Cluster with
 * `bootstrap.recovery` and a Job; jobs that build replicas (`join`, `initdb`) keep the database alive and are left alone
 * (specs/jobs.go).
 */
export const cloudnativePg: Tool = {
  id: 'cloudnative-pg',
  title: 'CloudNativePG',
  source: 'https://cloudnative-pg.io',
  known: 'manifests',
  patterns: [
    backupLeaf({
      what: 'CloudNativePG backup',
      match: { kinds: [CLOUDNATIVE_PG.Backup] },
      node: {
        in: 'pods-labelled',
        labels: { 'cnpg.io/cluster': { field: ['spec', 'cluster', 'name'] }, 'cnpg.io/podRole': { value: 'instance' } },
      },
      inside: {
        resource: resourceIn(CLOUDNATIVE_PG.Backup, 'v1'),
        pods: ['status', 'instanceID', 'podName'],
        while: { 'status.phase': ['started', 'running', 'finalizing'] },
      },
      afterDenial: 'failed',
    }),
    backupLeaf({
      what: 'CloudNativePG recovery job',
      match: {
        kinds: JOB_AND_POD,
        labels: { 'cnpg.io/jobRole': ['full-recovery', 'snapshot-recovery'] },
      },
      afterDenial: 'retried',
    }),
    backupRoot({
      what: 'CloudNativePG cluster that starts from a backup',
      match: { kinds: [CLOUDNATIVE_PG.Cluster], fields: { 'spec.bootstrap.recovery': [] } },
      afterDenial: 'failed',
    }),
    backupSchedule({ what: 'CloudNativePG schedule', match: { kinds: [CLOUDNATIVE_PG.ScheduledBackup] } }),
  ],
};
