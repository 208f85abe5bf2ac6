import { kindsOf } from '../kinds.ts';
import { backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const CSI_ADDONS = kindsOf('replication.storage.openshift.io', {
  VolumeGroupReplication: 'volumegroupreplications',
  VolumeReplication: 'volumereplications',
});

/**
 * CSI-Addons. Replication goes on inside the storage system (api/replication.storage), so that no node can be told.
 */
export const csiAddons: Tool = {
  id: 'csi-addons',
  title: 'CSI-Addons replication',
  source: 'https://github.com/csi-addons/kubernetes-csi-addons',
  known: 'code',
  patterns: [
    backupRoot({
      what: 'CSI volume replication',
      match: {
        kinds: [CSI_ADDONS.VolumeGroupReplication, CSI_ADDONS.VolumeReplication],
      },
      afterDenial: 'failed',
    }),
  ],
};
