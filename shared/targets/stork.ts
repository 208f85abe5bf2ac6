import { RUNS, backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Stork, Portworx Backup. Data movers of kdmp are Jobs labelled with their driver (kdmp pkg/drivers); requests are
 * those of Stork and of kdmp.
 */
export const stork: Tool = {
  id: 'stork',
  title: 'Stork and Portworx',
  source: 'https://github.com/libopenstorage/stork',
  patterns: [
    backupLeaf({
      what: 'Portworx data mover',
      match: {
        kinds: RUNS,
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
          'kdmp.portworx.com/DataExport',
          'kdmp.portworx.com/ResourceExport',
          'stork.libopenstorage.org/ApplicationBackup',
          'stork.libopenstorage.org/ApplicationRestore',
          'stork.libopenstorage.org/VolumeSnapshotRestore',
        ],
      },
      afterDenial: 'failed',
    }),
    backupSchedule({
      what: 'Stork schedule',
      match: {
        kinds: [
          'stork.libopenstorage.org/ApplicationBackupSchedule',
          'stork.libopenstorage.org/VolumeSnapshotSchedule',
        ],
      },
    }),
  ],
};
