import { RUNS, backupLeaf, backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Percona XtraDB Cluster. Jobs `xb-*` and `restore-job-*`, the pod `restore-src-*` (pxcbackup/controller.go); labels
 * changed in 1.16, real dumps have the older ones. A refused Job marks the backup Failed at once.
 */
export const perconaXtradb: Tool = {
  id: 'percona-xtradb',
  title: 'Percona XtraDB Cluster operator',
  source: 'https://github.com/percona/percona-xtradb-cluster-operator',
  patterns: [
    backupLeaf({
      what: 'Percona XtraDB backup or restore job',
      match: {
        kinds: ['/Pod', 'batch/Job'],
        owners: ['pxc.percona.com/PerconaXtraDBClusterBackup', 'pxc.percona.com/PerconaXtraDBClusterRestore'],
      },
      afterDenial: 'lost',
    }),
    ...['percona.com/backup-job-name', 'percona.com/restore-job-name', 'percona.com/backup-type'].map((label) =>
      backupLeaf({
        what: 'Percona XtraDB backup or restore job',
        match: { kinds: RUNS, labels: { [label]: [] } },
        afterDenial: 'lost',
      }),
    ),
    backupLeaf({
      what: 'Percona XtraDB backup job',
      match: { kinds: ['/Pod', 'batch/Job'], labels: { type: ['xtrabackup'], 'backup-name': [] } },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'Percona XtraDB backup or restore request',
      match: { kinds: ['pxc.percona.com/PerconaXtraDBClusterBackup', 'pxc.percona.com/PerconaXtraDBClusterRestore'] },
      afterDenial: 'failed',
    }),
  ],
};
