import { kindsOf } from '../kinds.ts';
import { JOB_AND_POD, backupLeaf, backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const VOLSYNC = kindsOf('volsync.backube', {
  ReplicationDestination: 'replicationdestinations',
  ReplicationSource: 'replicationsources',
});

/**
 * VolSync. Mover Jobs carry `app.kubernetes.io/created-by: volsync` on Job and template (mover.go), and are pinned by the
 * node's hostname LABEL where the volume is in use (affinity.go). A refused Job is tried again with back-off.
 */
export const volsync: Tool = {
  id: 'volsync',
  title: 'VolSync',
  source: 'https://volsync.readthedocs.io',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'VolSync mover',
      match: {
        kinds: JOB_AND_POD,
        owners: [VOLSYNC.ReplicationSource, VOLSYNC.ReplicationDestination],
      },
      afterDenial: 'retried',
    }),
    backupLeaf({
      what: 'VolSync mover',
      match: {
        kinds: JOB_AND_POD,
        names: ['volsync-'],
        labels: { 'app.kubernetes.io/created-by': ['volsync'] },
      },
      afterDenial: 'retried',
    }),
    backupRoot({
      what: 'VolSync replication',
      match: { kinds: [VOLSYNC.ReplicationSource, VOLSYNC.ReplicationDestination] },
      afterDenial: 'failed',
    }),
  ],
};
