import { backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Inside, Tool } from './tool.ts';

/**
 * Velero. A Backup passes; its PodVolumeBackup names the node in `spec.node` at CREATE (pkg/podvolume/backupper.go)
 * and is refused there: the backup ends PartiallyFailed and the other nodes are still backed up. A PodVolumeRestore
 * names the restored pod only (restorer.go). The node-agent's hosting pod has `spec.nodeName` (pkg/exposer/pod_volume.go),
 * the data mover's pods only affinity (csi_snapshot.go), and none is made again after a refusal. DataUpload and
 * DataDownload get their node in `status.node` later, in the main resource, where a refusal would leave them stuck.
 * Labels `velero.io/backup-name` and `velero.io/restore-name` are no evidence: Velero stamps them on every restored
 * application object (pkg/restore/restore.go).
 */
export const velero: Tool = {
  id: 'velero',
  title: 'Velero',
  source: 'https://velero.io',
  patterns: [
    backupLeaf({
      what: 'Velero file-system backup of a pod volume',
      match: { kinds: ['velero.io/PodVolumeBackup'] },
      node: { in: 'field', path: ['spec', 'node'] },
      inside: insidePods('podvolumebackups'),
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'Velero file-system restore of a pod volume',
      match: { kinds: ['velero.io/PodVolumeRestore'] },
      node: {
        in: 'object',
        resource: 'v1/pods',
        name: { field: ['spec', 'pod', 'name'] },
        namespace: { field: ['spec', 'pod', 'namespace'] },
        path: ['spec', 'nodeName'],
      },
      inside: insidePods('podvolumerestores'),
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'pod that carries out a Velero backup or restore',
      match: {
        kinds: ['/Pod'],
        owners: [
          'velero.io/PodVolumeBackup',
          'velero.io/PodVolumeRestore',
          'velero.io/DataUpload',
          'velero.io/DataDownload',
        ],
      },
      afterDenial: 'lost',
    }),
    ...['pod-volume-backup', 'pod-volume-restore', 'data-upload', 'data-download'].map((kind) =>
      backupLeaf({
        what: `pod that carries out a Velero ${kind.replaceAll('-', ' ')}`,
        match: { kinds: ['/Pod'], labels: { [`velero.io/${kind}`]: [] } },
        afterDenial: 'lost',
      }),
    ),
    backupLeaf({
      what: 'Velero maintenance of a backup repository',
      match: { kinds: ['/Pod', 'batch/Job'], labels: { 'velero.io/repo-name': [] } },
      afterDenial: 'retried',
    }),
    backupRoot({
      what: 'Velero backup or restore request',
      match: { kinds: ['velero.io/Backup', 'velero.io/Restore'] },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'Velero data movement',
      match: { kinds: ['velero.io/DataUpload', 'velero.io/DataDownload'] },
      afterDenial: 'lost',
    }),
    backupSchedule({ what: 'Velero schedule', match: { kinds: ['velero.io/Schedule'] } }),
  ],
};

/** The node-agent works on a volume only as long as the pod mounts it; a restored pod waits for it in its init container. */
function insidePods(plural: string): Inside {
  return {
    resource: `velero.io/v1/${plural}`,
    pods: ['spec', 'pod', 'name'],
    namespace: ['spec', 'pod', 'namespace'],
    while: { 'status.phase': ['Accepted', 'Prepared', 'InProgress', 'Canceling'] },
  };
}
