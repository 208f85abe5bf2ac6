import { requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * NetApp Trident protect. Closed source: its kinds are known from its custom resource definitions and roles, and that
 * movers are owned by a volume's own request, from running clusters.
 */
export const tridentProtect: Tool = {
  id: 'trident-protect',
  title: 'NetApp Trident protect',
  source: 'https://docs.netapp.com/us-en/trident/trident-protect/',
  patterns: [
    ...requestedBackups(
      'Trident protect',
      [
        'protect.trident.netapp.io/KopiaVolumeBackup',
        'protect.trident.netapp.io/KopiaVolumeRestore',
        'protect.trident.netapp.io/ResticVolumeBackup',
        'protect.trident.netapp.io/ResticVolumeRestore',
        'protect.trident.netapp.io/Backup',
        'protect.trident.netapp.io/BackupRestore',
        'protect.trident.netapp.io/BackupInplaceRestore',
        'protect.trident.netapp.io/Snapshot',
        'protect.trident.netapp.io/SnapshotRestore',
        'protect.trident.netapp.io/SnapshotInplaceRestore',
      ],
      'lost',
    ),
  ],
};
