import {
  collectionPath,
  isForbidden,
  isNotFound,
  listAt,
  readAll,
  textAt,
  type ClusterReader,
} from '../../shared/index.ts';
import { isOurDenial } from '../policy/dry-run.ts';
import type { MakerEvent } from './kept-off.ts';

/**
 * Pieces of Backups of Velero. Whoever refuses what works on one, webhook or policy, is quoted in its status, which stays as
 * long as its Backup (velero pkg/controller, pod_volume_backup_controller.go and data_upload_controller.go).
 */
export const BACKUP_PIECES: readonly string[] = ['velero.io/v1/podvolumebackups', 'velero.io/v2alpha1/datauploads'].map(
  (resource) => collectionPath(resource, ''),
);

/** A piece as the refusal of its Backup, where it is one; undefined for the others. */
export function refusedPieceFrom(object: unknown): MakerEvent | undefined {
  const message = textAt(object, 'status', 'message') ?? '';
  const backup = listAt(object, 'metadata', 'ownerReferences').find((owner) => textAt(owner, 'kind') === 'Backup');
  if (backup === undefined || textAt(object, 'status', 'phase') !== 'Failed' || !isOurDenial(message)) return undefined;
  return {
    kind: 'Backup',
    namespace: textAt(object, 'metadata', 'namespace') ?? '',
    name: textAt(backup, 'name') ?? '',
    message,
    count: 1,
    lastAt: textAt(object, 'status', 'completionTimestamp') ?? textAt(object, 'metadata', 'creationTimestamp') ?? '',
  };
}

/** Every one that was refused; none where there is no Velero, or its pieces may not be listed, of which `unread` hears. */
export async function readRefusedPieces(
  cluster: ClusterReader,
  unread: (what: string) => void = () => undefined,
): Promise<readonly MakerEvent[]> {
  const read = await Promise.all(BACKUP_PIECES.map((path) => readOf(path, cluster, unread)));
  return read.flat();
}

async function readOf(
  path: string,
  cluster: ClusterReader,
  unread: (what: string) => void,
): Promise<readonly MakerEvent[]> {
  try {
    return await readAll(cluster, { path }, refusedPieceFrom);
  } catch (thrown) {
    if (isNotFound(thrown)) return [];
    if (!isForbidden(thrown)) throw thrown;
    // Rights are looked at first: what is not served is forbidden as well.
    if ((await cluster.get(VELERO).catch(() => undefined)) !== undefined) unread(path.split('/').at(-1) ?? path);
    return [];
  }
}

/** The group of Velero, which everybody may look for. */
const VELERO = '/apis/velero.io';
