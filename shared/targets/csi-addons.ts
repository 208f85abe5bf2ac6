import { backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * CSI-Addons. Replication goes on inside the storage system (api/replication.storage): no node can be told.
 */
export const csiAddons: Tool = {
  id: 'csi-addons',
  title: 'CSI-Addons replication',
  source: 'https://github.com/csi-addons/kubernetes-csi-addons',
  patterns: [
    backupRoot({
      what: 'CSI volume replication',
      match: {
        kinds: [
          'replication.storage.openshift.io/VolumeGroupReplication',
          'replication.storage.openshift.io/VolumeReplication',
        ],
      },
      afterDenial: 'failed',
    }),
  ],
};
