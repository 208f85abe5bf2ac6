import { kindsOf } from '../kinds.ts';
import { JOB_AND_POD, CRONJOB_JOB_AND_POD, backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const LONGHORN = kindsOf('longhorn.io', {
  Backup: 'backups',
  BackupBackingImage: 'backupbackingimages',
  RecurringJob: 'recurringjobs',
  Snapshot: 'snapshots',
  SystemBackup: 'systembackups',
  SystemRestore: 'systemrestores',
});

/**
 * Longhorn. A Backup names its volume by label (datastore), and runs where the volume is attached:
 * `Volume.status.currentNodeID`. `status.ownerID` is only who reconciles. Recurring work runs in Jobs of a CronJob whose
 * task stands in the RecurringJob alone (recurring_job_controller.go); trimming and clean-up are no backups. The Job of a
 * SystemRestore is pinned by hostname (system_restore_controller.go).
 */
export const longhorn: Tool = {
  id: 'longhorn',
  title: 'Longhorn',
  source: 'https://longhorn.io',
  known: 'manifests',
  patterns: [
    backupLeaf({
      what: 'Longhorn backup of a volume',
      match: { kinds: [LONGHORN.Backup] },
      node: {
        in: 'object',
        resource: 'longhorn.io/v1beta2/volumes',
        name: { label: 'backup-volume' },
        path: ['status', 'currentNodeID'],
      },
      afterDenial: 'failed',
    }),
    backupLeaf({
      what: 'Longhorn recurring job',
      match: {
        kinds: CRONJOB_JOB_AND_POD,
        labels: { 'recurring-job.longhorn.io': [], 'longhorn.io/managed-by': ['longhorn-manager'] },
      },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'Longhorn system restore',
      match: { kinds: JOB_AND_POD, owners: [LONGHORN.SystemRestore] },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'Longhorn system restore',
      match: { kinds: JOB_AND_POD, images: ['longhorn-manager'], names: ['longhorn-system-rollout-'] },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'Longhorn backup, snapshot or restore request',
      match: {
        kinds: [LONGHORN.BackupBackingImage, LONGHORN.Snapshot, LONGHORN.SystemBackup, LONGHORN.SystemRestore],
      },
      afterDenial: 'failed',
    }),
    backupSchedule({
      what: 'Longhorn recurring backup',
      match: {
        kinds: [LONGHORN.RecurringJob],
        fields: {
          'spec.task': ['backup', 'backup-force-create', 'snapshot', 'snapshot-force-create', 'system-backup'],
        },
      },
    }),
  ],
};
