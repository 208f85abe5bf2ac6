import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const CONFIG = kindsOf('config.openshift.io', { Backup: 'backups' });
const OPERATOR = kindsOf('operator.openshift.io', { EtcdBackup: 'etcdbackups' });

/**
 * OpenShift's etcd backup. Its Jobs select control-plane nodes and tolerate everything, so that a cordon does not stop them
 * (backupcontroller.go); a refused one is tried again every minute. A Backup of `config.openshift.io` is the schedule.
 */
export const openshiftEtcd: Tool = {
  id: 'openshift-etcd',
  title: 'OpenShift etcd backup',
  source: 'https://github.com/openshift/cluster-etcd-operator',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'OpenShift etcd backup job',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { app: ['cluster-backup-job', 'cluster-backup-cronjob'] } },
      afterDenial: 'retried',
    }),
    backupRoot({
      what: 'OpenShift etcd backup request',
      match: { kinds: [OPERATOR.EtcdBackup] },
      afterDenial: 'failed',
    }),
    backupSchedule({ what: 'OpenShift etcd backup schedule', match: { kinds: [CONFIG.Backup] } }),
  ],
};
