import { backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * K3s and RKE2. The server process on the node takes the snapshot, and writes an ETCDSnapshotFile afterwards
 * (api/k3s.cattle.io): refusing that would only lose the record, so it is known and never refused.
 */
export const k3sEtcd: Tool = {
  id: 'k3s-etcd',
  title: 'K3s and RKE2 etcd snapshots',
  source: 'https://docs.k3s.io/cli/etcd-snapshot',
  patterns: [
    backupSchedule({
      what: 'record of an etcd snapshot',
      match: { kinds: ['k3s.cattle.io/ETCDSnapshotFile'] },
      node: { in: 'field', path: ['spec', 'nodeName'] },
    }),
  ],
};
