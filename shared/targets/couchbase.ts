import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const COUCHBASE = kindsOf('couchbase.com', {
  CouchbaseBackup: 'couchbasebackups',
  CouchbaseBackupRestore: 'couchbasebackuprestores',
});

/**
 * Couchbase operator. A CouchbaseBackup is a schedule, whose CronJobs run an image made for it (couchbase/operator-backup);
 * a CouchbaseBackupRestore is one run. The operator is closed source: the labels of their Jobs could not be read.
 */
export const couchbase: Tool = {
  id: 'couchbase',
  title: 'Couchbase operator',
  source: 'https://docs.couchbase.com/operator/current/overview.html',
  known: 'documentation',
  patterns: [
    backupLeaf({
      what: 'Couchbase backup or restore job',
      match: {
        kinds: CRONJOB_JOB_AND_POD,
        images: ['operator-backup'],
        nameWords: ['backup', 'full', 'immediate', 'incremental', 'merge', 'restore'],
      },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'Couchbase backup or restore job',
      match: { kinds: CRONJOB_JOB_AND_POD, owners: [COUCHBASE.CouchbaseBackup, COUCHBASE.CouchbaseBackupRestore] },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'Couchbase restore request',
      match: { kinds: [COUCHBASE.CouchbaseBackupRestore] },
      afterDenial: 'failed',
    }),
    backupSchedule({ what: 'Couchbase schedule', match: { kinds: [COUCHBASE.CouchbaseBackup] } }),
  ],
};
