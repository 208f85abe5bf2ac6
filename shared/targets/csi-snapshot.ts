import { kindsOf, KUBERNETES } from '../kinds.ts';
import { backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const GROUP_SNAPSHOT = kindsOf('groupsnapshot.storage.k8s.io', { VolumeGroupSnapshot: 'volumegroupsnapshots' });
const SNAPSHOT = kindsOf('snapshot.storage.k8s.io', { VolumeSnapshot: 'volumesnapshots' });

/**
 * CSI snapshots. The storage system takes them, called by a controller: no node is involved that could be told, so they
 * pass where the rule looks at nodes. A claim with a snapshot as its source is a restore. Classes are configuration.
 */
export const csiSnapshot: Tool = {
  id: 'csi-snapshot',
  title: 'CSI snapshots',
  source: 'https://github.com/kubernetes-csi/external-snapshotter',
  known: 'manifests',
  patterns: [
    backupRoot({
      what: 'CSI snapshot',
      match: { kinds: [SNAPSHOT.VolumeSnapshot, GROUP_SNAPSHOT.VolumeGroupSnapshot] },
      afterDenial: 'failed',
    }),
    ...['spec.dataSource', 'spec.dataSourceRef'].map((source) =>
      backupRoot({
        what: 'restore of a CSI snapshot',
        match: {
          kinds: [KUBERNETES.PersistentVolumeClaim],
          fields: { [`${source}.kind`]: ['VolumeSnapshot'], [`${source}.apiGroup`]: ['snapshot.storage.k8s.io'] },
        },
        afterDenial: 'failed',
      }),
    ),
  ],
};
