import { kindsOf } from '../kinds.ts';
import { backupLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

const OPENEBS_ZFS = kindsOf('zfs.openebs.io', { ZFSBackup: 'zfsbackups', ZFSRestore: 'zfsrestores' });

/**
 * OpenEBS ZFS LocalPV. The driver on the volume's own node sends or receives the data; the request names that node
 * (pkg/apis/openebs.io/zfs/v1).
 */
export const openebsZfs: Tool = {
  id: 'openebs-zfs',
  title: 'OpenEBS ZFS LocalPV',
  source: 'https://github.com/openebs/zfs-localpv',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'backup or restore of a ZFS volume',
      match: { kinds: [OPENEBS_ZFS.ZFSBackup, OPENEBS_ZFS.ZFSRestore] },
      node: { in: 'field', path: ['spec', 'ownerNodeID'] },
      afterDenial: 'failed',
    }),
  ],
};
