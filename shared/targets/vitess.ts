import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, backupLeaf, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const VITESS = kindsOf('planetscale.com', { VitessBackupSchedule: 'vitessbackupschedules' });

/**
 * Vitess operator. Pods of vtbackup are labelled with their type (pkg/operator/vitessbackup/labels.go); the first one
 * of an empty shard (init) brings it to life, and is left alone. A schedule makes Jobs that it owns.
 */
export const vitess: Tool = {
  id: 'vitess',
  title: 'Vitess operator',
  source: 'https://github.com/planetscale/vitess-operator',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'Vitess backup',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { 'backup.planetscale.com/type': ['update'] } },
      afterDenial: 'retried',
    }),
    backupLeaf({
      what: 'Vitess backup job',
      match: { kinds: CRONJOB_JOB_AND_POD, owners: [VITESS.VitessBackupSchedule] },
      afterDenial: 'lost',
    }),
    backupSchedule({ what: 'Vitess schedule', match: { kinds: [VITESS.VitessBackupSchedule] } }),
  ],
};
