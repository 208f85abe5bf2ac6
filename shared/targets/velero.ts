import type { Tool } from './tool.ts';

/**
 * Velero. A Backup passes; its PodVolumeBackup names the node in `spec.node` at CREATE (pkg/podvolume/backupper.go)
 * and is refused there: the backup ends PartiallyFailed and the other nodes are still backed up. The node-agent's
 * hosting pod has `spec.nodeName` (pkg/exposer/pod_volume.go). Labels `velero.io/backup-name` and
 * `velero.io/restore-name` are no evidence: Velero stamps them on every restored application object.
 */
export const velero: Tool = {
  id: 'velero',
  title: 'Velero',
  source: 'https://velero.io',
  patterns: [
    {
      work: 'backup',
      what: 'Velero file-system backup of a pod volume',
      role: 'leaf',
      match: { kinds: ['velero.io/PodVolumeBackup'] },
      node: { in: 'field', path: ['spec', 'node'] },
      afterDenial: 'lost',
    },
    {
      work: 'backup',
      what: 'pod that carries out a Velero file-system backup or restore',
      role: 'leaf',
      match: { kinds: ['/Pod'], owners: ['velero.io/PodVolumeBackup', 'velero.io/PodVolumeRestore'] },
      node: { in: 'pods' },
      afterDenial: 'lost',
    },
    {
      work: 'backup',
      what: 'pod that carries out a Velero file-system backup',
      role: 'leaf',
      match: { kinds: ['/Pod'], labels: { 'velero.io/pod-volume-backup': [] } },
      node: { in: 'pods' },
      afterDenial: 'lost',
    },
    {
      work: 'backup',
      what: 'pod that carries out a Velero file-system restore',
      role: 'leaf',
      match: { kinds: ['/Pod'], labels: { 'velero.io/pod-volume-restore': [] } },
      node: { in: 'pods' },
      afterDenial: 'lost',
    },
    {
      work: 'backup',
      what: 'Velero backup or restore request',
      role: 'root',
      match: { kinds: ['velero.io/Backup', 'velero.io/Restore', 'velero.io/PodVolumeRestore'] },
      node: { in: 'pods' },
      afterDenial: 'lost',
    },
  ],
};
