import { kindsOf } from '../kinds.ts';
import { requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

const AENIX = kindsOf('etcd.aenix.io', { EtcdBackup: 'etcdbackups' });
const COREOS = kindsOf('etcd.database.coreos.com', { EtcdBackup: 'etcdbackups', EtcdRestore: 'etcdrestores' });
const ETCD = kindsOf('operator.etcd.io', { EtcdBackup: 'etcdbackups', EtcdRestore: 'etcdrestores' });

/**
 * etcd operators with an EtcdBackup (and an EtcdRestore) of their own: that of Aenix, that of the etcd project, and CoreOS'
 * archived one. The request owns the Jobs; CoreOS' operator backs up in its own process.
 */
export const etcdOperator: Tool = {
  id: 'etcd-operator',
  title: 'etcd operators',
  source: 'https://github.com/aenix-io/etcd-operator',
  known: 'code',
  patterns: [
    ...requestedBackups(
      'etcd',
      [AENIX.EtcdBackup, COREOS.EtcdBackup, COREOS.EtcdRestore, ETCD.EtcdBackup, ETCD.EtcdRestore],
      'lost',
    ),
  ],
};
