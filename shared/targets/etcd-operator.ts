import { requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * etcd operators with an EtcdBackup (and an EtcdRestore) of their own: that of Aenix, that of the etcd project, and
 * CoreOS' archived one. Jobs are owned by the request; CoreOS' operator does it in its own process.
 */
export const etcdOperator: Tool = {
  id: 'etcd-operator',
  title: 'etcd operators',
  source: 'https://github.com/aenix-io/etcd-operator',
  patterns: [
    ...requestedBackups(
      'etcd',
      [
        'etcd.aenix.io/EtcdBackup',
        'etcd.database.coreos.com/EtcdBackup',
        'etcd.database.coreos.com/EtcdRestore',
        'operator.etcd.io/EtcdBackup',
        'operator.etcd.io/EtcdRestore',
      ],
      'lost',
    ),
  ],
};
