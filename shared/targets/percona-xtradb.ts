import { kindsOf } from '../kinds.ts';
import { JOB_AND_POD, CRONJOB_JOB_AND_POD, backupLeaf, backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const PERCONA_XTRADB = kindsOf('pxc.percona.com', {
  PerconaXtraDBClusterBackup: 'perconaxtradbclusterbackups',
  PerconaXtraDBClusterRestore: 'perconaxtradbclusterrestores',
});

/**
 * Percona XtraDB Cluster. It makes Jobs `xb-*` and `restore-job-*`, and the pod `restore-src-*` (pxcbackup/controller.go).
 * Their labels changed in 1.16; manifests of running clusters have the older ones. A refused Job marks the backup Failed at
 * once.
 */
export const perconaXtradb: Tool = {
  id: 'percona-xtradb',
  title: 'Percona XtraDB Cluster operator',
  source: 'https://github.com/percona/percona-xtradb-cluster-operator',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'Percona XtraDB backup or restore job',
      match: {
        kinds: JOB_AND_POD,
        owners: [PERCONA_XTRADB.PerconaXtraDBClusterBackup, PERCONA_XTRADB.PerconaXtraDBClusterRestore],
      },
      afterDenial: 'lost',
    }),
    ...['percona.com/backup-job-name', 'percona.com/restore-job-name', 'percona.com/backup-type'].map((label) =>
      backupLeaf({
        what: 'Percona XtraDB backup or restore job',
        match: { kinds: CRONJOB_JOB_AND_POD, labels: { [label]: [] } },
        afterDenial: 'lost',
      }),
    ),
    backupLeaf({
      what: 'Percona XtraDB backup job',
      match: { kinds: JOB_AND_POD, labels: { type: ['xtrabackup'], 'backup-name': [] } },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'Percona XtraDB backup or restore request',
      match: { kinds: [PERCONA_XTRADB.PerconaXtraDBClusterBackup, PERCONA_XTRADB.PerconaXtraDBClusterRestore] },
      afterDenial: 'failed',
    }),
  ],
};
