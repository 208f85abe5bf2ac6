import { backupLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * OpenEBS ZFS LocalPV. The driver on the volume's own node sends or receives the data; the request names that node
 * (pkg/apis/openebs.io/zfs/v1).
 */
export const openebsZfs: Tool = {
  id: 'openebs-zfs',
  title: 'OpenEBS ZFS LocalPV',
  source: 'https://github.com/openebs/zfs-localpv',
  patterns: [
    backupLeaf({
      what: 'backup or restore of a ZFS volume',
      match: { kinds: ['zfs.openebs.io/ZFSBackup', 'zfs.openebs.io/ZFSRestore'] },
      node: { in: 'field', path: ['spec', 'ownerNodeID'] },
      afterDenial: 'failed',
    }),
  ],
};
