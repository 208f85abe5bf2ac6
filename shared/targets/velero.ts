import { kindsOf, KUBERNETES, resourceIn, type ServedKind } from '../kinds.ts';
import { JOB_AND_POD, backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Inside, Tool } from './tool.ts';

const VELERO = kindsOf('velero.io', {
  Backup: 'backups',
  DataDownload: 'datadownloads',
  DataUpload: 'datauploads',
  PodVolumeBackup: 'podvolumebackups',
  PodVolumeRestore: 'podvolumerestores',
  Restore: 'restores',
  Schedule: 'schedules',
});

const VOLUME_BACKUP = {
  what: 'Velero file-system backup of a pod volume',
  match: { kinds: [VELERO.PodVolumeBackup] },
  node: { in: 'field', path: ['spec', 'node'] },
  afterDenial: 'lost',
} as const;

/**
 * Velero. A Backup passes, and so does its PodVolumeBackup, which names the node in `spec.node` (pkg/podvolume/backupper.go):
 * Velero waits for one that it could not make as for one that is not done yet, for hours. The node-agent that takes it up
 * makes a pod for it (from 1.17), or works on it itself (before) and writes InProgress first: refused there, the piece is
 * Failed at once, the backup ends PartiallyFailed, and the other nodes are still backed up. One of no Backup, for which nobody
 * waits, is refused itself. A PodVolumeRestore names the restored pod only (restorer.go). The node-agent's hosting pod has `spec.nodeName` (pkg/exposer/pod_volume.go),
 * the data mover's pods only affinity (csi_snapshot.go), and none is made again after a refusal. DataUpload and
 * DataDownload get their node in `status.node` later, in the main resource, where a refusal would leave them stuck.
 * Labels `velero.io/backup-name` and `velero.io/restore-name` are no evidence: Velero stamps them on every restored
 * application object (pkg/restore/restore.go).
 */
export const velero: Tool = {
  id: 'velero',
  title: 'Velero',
  source: 'https://velero.io',
  known: 'manifests',
  patterns: [
    backupLeaf({
      ...VOLUME_BACKUP,
      match: { kinds: [VELERO.PodVolumeBackup], owners: [VELERO.Backup] },
      begins: { path: ['status', 'phase'], from: ['', 'New'], to: 'InProgress' },
    }),
    backupLeaf({ ...VOLUME_BACKUP, inside: insidePods(VELERO.PodVolumeBackup) }),
    backupLeaf({
      what: 'Velero file-system restore of a pod volume',
      match: { kinds: [VELERO.PodVolumeRestore] },
      node: {
        in: 'object',
        resource: 'v1/pods',
        name: { field: ['spec', 'pod', 'name'] },
        namespace: { field: ['spec', 'pod', 'namespace'] },
        path: ['spec', 'nodeName'],
      },
      inside: insidePods(VELERO.PodVolumeRestore),
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'pod that carries out a Velero backup or restore',
      match: {
        kinds: [KUBERNETES.Pod],
        owners: [VELERO.PodVolumeBackup, VELERO.PodVolumeRestore, VELERO.DataUpload, VELERO.DataDownload],
      },
      afterDenial: 'lost',
    }),
    ...['pod-volume-backup', 'pod-volume-restore', 'data-upload', 'data-download'].map((kind) =>
      backupLeaf({
        what: `pod that carries out a Velero ${kind.replaceAll('-', ' ')}`,
        match: { kinds: [KUBERNETES.Pod], labels: { [`velero.io/${kind}`]: [] } },
        afterDenial: 'lost',
      }),
    ),
    backupLeaf({
      what: 'Velero maintenance of a backup repository',
      match: { kinds: JOB_AND_POD, labels: { 'velero.io/repo-name': [] } },
      afterDenial: 'retried',
    }),
    backupRoot({
      what: 'Velero backup or restore request',
      match: { kinds: [VELERO.Backup, VELERO.Restore] },
      afterDenial: 'lost',
    }),
    backupRoot({
      what: 'Velero data movement',
      match: { kinds: [VELERO.DataUpload, VELERO.DataDownload] },
      afterDenial: 'lost',
    }),
    backupSchedule({ what: 'Velero schedule', match: { kinds: [VELERO.Schedule] } }),
  ],
};

/** The node-agent works on a volume only as long as the pod mounts it; a restored pod waits for it in its init container. */
function insidePods(kind: ServedKind): Inside {
  return {
    resource: resourceIn(kind, 'v1'),
    pods: ['spec', 'pod', 'name'],
    namespace: ['spec', 'pod', 'namespace'],
    while: { 'status.phase': ['Accepted', 'Prepared', 'InProgress', 'Canceling'] },
  };
}
