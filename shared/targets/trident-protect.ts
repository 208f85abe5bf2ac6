import { kindsOf } from '../kinds.ts';
import { requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

const TRIDENT_PROTECT = kindsOf('protect.trident.netapp.io', {
  Backup: 'backups',
  BackupInplaceRestore: 'backupinplacerestores',
  BackupRestore: 'backuprestores',
  KopiaVolumeBackup: 'kopiavolumebackups',
  KopiaVolumeRestore: 'kopiavolumerestores',
  ResticVolumeBackup: 'resticvolumebackups',
  ResticVolumeRestore: 'resticvolumerestores',
  Snapshot: 'snapshots',
  SnapshotInplaceRestore: 'snapshotinplacerestores',
  SnapshotRestore: 'snapshotrestores',
});

/**
 * NetApp Trident protect. Closed source: its kinds are known from its custom resource definitions and roles, and that
 * movers are owned by a volume's own request, from running clusters.
 */
export const tridentProtect: Tool = {
  id: 'trident-protect',
  title: 'NetApp Trident protect',
  source: 'https://docs.netapp.com/us-en/trident/trident-protect/',
  known: 'code',
  patterns: [
    ...requestedBackups(
      'Trident protect',
      [
        TRIDENT_PROTECT.KopiaVolumeBackup,
        TRIDENT_PROTECT.KopiaVolumeRestore,
        TRIDENT_PROTECT.ResticVolumeBackup,
        TRIDENT_PROTECT.ResticVolumeRestore,
        TRIDENT_PROTECT.Backup,
        TRIDENT_PROTECT.BackupRestore,
        TRIDENT_PROTECT.BackupInplaceRestore,
        TRIDENT_PROTECT.Snapshot,
        TRIDENT_PROTECT.SnapshotRestore,
        TRIDENT_PROTECT.SnapshotInplaceRestore,
      ],
      'lost',
    ),
  ],
};
