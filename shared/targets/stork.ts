import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const KDMP = kindsOf('kdmp.portworx.com', { DataExport: 'dataexports', ResourceExport: 'resourceexports' });
const STORK = kindsOf('stork.libopenstorage.org', {
  ApplicationBackup: 'applicationbackups',
  ApplicationBackupSchedule: 'applicationbackupschedules',
  ApplicationRestore: 'applicationrestores',
  VolumeSnapshotRestore: 'volumesnapshotrestores',
  VolumeSnapshotSchedule: 'volumesnapshotschedules',
});

/**
 * Stork and Portworx Backup. Data movers of kdmp are Jobs that are labelled with their driver (kdmp pkg/drivers); requests
 * are those of Stork and of kdmp.
 */
export const stork: Tool = {
  id: 'stork',
  title: 'Stork and Portworx',
  source: 'https://github.com/libopenstorage/stork',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'Portworx data mover',
      match: {
        kinds: CRONJOB_JOB_AND_POD,
        labels: {
          'kdmp.portworx.com/driver-name': ['kopiabackup', 'kopiarestore', 'nfsbackup', 'nfsrestore', 'rsync'],
        },
      },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'Stork backup or restore request',
      match: {
        kinds: [
          KDMP.DataExport,
          KDMP.ResourceExport,
          STORK.ApplicationBackup,
          STORK.ApplicationRestore,
          STORK.VolumeSnapshotRestore,
        ],
      },
      afterDenial: 'failed',
    }),
    backupSchedule({
      what: 'Stork schedule',
      match: {
        kinds: [STORK.ApplicationBackupSchedule, STORK.VolumeSnapshotSchedule],
      },
    }),
  ],
};
