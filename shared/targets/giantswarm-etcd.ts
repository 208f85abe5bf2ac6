import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, backupLeaf, backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const GIANTSWARM_ETCD = kindsOf('backup.giantswarm.io', { ETCDBackup: 'etcdbackups' });

/**
 * etcd backup operator of Giant Swarm. A CronJob makes an ETCDBackup by a script of its own
 * (helm/etcd-backup-operator/templates/cronjob.yaml); the operator then backs up in its own process.
 */
export const giantswarmEtcd: Tool = {
  id: 'giantswarm-etcd',
  title: 'etcd backup operator of Giant Swarm',
  source: 'https://github.com/giantswarm/etcd-backup-operator',
  known: 'manifests',
  patterns: [
    backupLeaf({
      what: 'request for an etcd backup',
      match: { kinds: CRONJOB_JOB_AND_POD, images: ['etcd-backup-operator'], commands: ['create-cr.sh'] },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'etcd backup request',
      match: { kinds: [GIANTSWARM_ETCD.ETCDBackup] },
      afterDenial: 'failed',
    }),
  ],
};
