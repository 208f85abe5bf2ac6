import { kindsOf } from '../kinds.ts';
import { backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const K3S_ETCD = kindsOf('k3s.cattle.io', { ETCDSnapshotFile: 'etcdsnapshotfiles' });

/**
 * K3s and RKE2. The server process on the node takes the snapshot, and writes an ETCDSnapshotFile afterwards
 * (api/k3s.cattle.io). Refusing that would lose the record and stop no snapshot, so it is known and never refused.
 */
export const k3sEtcd: Tool = {
  id: 'k3s-etcd',
  title: 'K3s and RKE2 etcd snapshots',
  source: 'https://docs.k3s.io/cli/etcd-snapshot',
  known: 'code',
  patterns: [
    backupSchedule({
      what: 'record of an etcd snapshot',
      match: { kinds: [K3S_ETCD.ETCDSnapshotFile] },
      node: { in: 'field', path: ['spec', 'nodeName'] },
    }),
  ],
};
