import { kindsOf } from '../kinds.ts';
import { JOB_AND_POD, backupLeaf, backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const ETCD_DRUID = kindsOf('druid.gardener.cloud', {
  EtcdCopyBackupsTask: 'etcdcopybackupstasks',
  EtcdOpsTask: 'etcdopstasks',
});

/**
 * etcd-druid. Copying and compaction run in Jobs (etcdcopybackupstask/reconciler.go), which the operator makes again after
 * a refusal; an on-demand snapshot is made inside etcd. An EtcdOpsTask of another kind is no backup.
 */
export const etcdDruid: Tool = {
  id: 'etcd-druid',
  title: 'etcd-druid',
  source: 'https://github.com/gardener/etcd-druid',
  known: 'manifests',
  patterns: [
    backupLeaf({
      what: 'etcd-druid backup job',
      match: {
        kinds: JOB_AND_POD,
        labels: {
          'app.kubernetes.io/managed-by': ['etcd-druid'],
          'app.kubernetes.io/component': ['etcd-copy-backups-job', 'etcd-snapshot-compaction-job'],
        },
      },
      afterDenial: 'retried',
    }),
    backupRoot({
      what: 'etcd-druid copy of backups',
      match: { kinds: [ETCD_DRUID.EtcdCopyBackupsTask] },
      afterDenial: 'failed',
    }),
    backupRoot({
      what: 'etcd-druid snapshot on demand',
      match: { kinds: [ETCD_DRUID.EtcdOpsTask], fields: { 'spec.config.onDemandSnapshot': [] } },
      afterDenial: 'failed',
    }),
  ],
};
