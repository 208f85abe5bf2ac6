import { backupLeaf, backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * etcd-druid. Copying and compaction run in Jobs (etcdcopybackupstask/reconciler.go), which are tried again; an on-demand
 * snapshot is made inside etcd. An EtcdOpsTask of another kind is no backup.
 */
export const etcdDruid: Tool = {
  id: 'etcd-druid',
  title: 'etcd-druid',
  source: 'https://github.com/gardener/etcd-druid',
  patterns: [
    backupLeaf({
      what: 'etcd-druid backup job',
      match: {
        kinds: ['/Pod', 'batch/Job'],
        labels: {
          'app.kubernetes.io/managed-by': ['etcd-druid'],
          'app.kubernetes.io/component': ['etcd-copy-backups-job', 'etcd-snapshot-compaction-job'],
        },
      },
      afterDenial: 'retried',
    }),
    backupRoot({
      what: 'etcd-druid copy of backups',
      match: { kinds: ['druid.gardener.cloud/EtcdCopyBackupsTask'] },
      afterDenial: 'failed',
    }),
    backupRoot({
      what: 'etcd-druid snapshot on demand',
      match: { kinds: ['druid.gardener.cloud/EtcdOpsTask'], fields: { 'spec.config.onDemandSnapshot': [] } },
      afterDenial: 'failed',
    }),
  ],
};
