import { isForbidden, listAt, objectPath, textAt, type Cluster } from '../../../shared/index.ts';
import type { OwnEvent } from '../../nodes/own-events.ts';

/** Pieces of a Backup of Velero in whose name a pod is refused, and where they are. */
const PIECES: ReadonlyMap<string, string> = new Map([
  ['DataUpload', 'velero.io/v2alpha1/datauploads'],
  ['PodVolumeBackup', 'velero.io/v1/podvolumebackups'],
]);

/** Who was refused, at the end of our own Events. */
const PIECE = new RegExp(`\\((${[...PIECES.keys()].join('|')}) ([a-z0-9.-]+)/([a-z0-9.-]+)\\)$`);

/**
 * Our Events with the Backup in the place of each of its pieces: what is made again is the Backup. Those stay as they are
 * whose piece is gone, or may not be read.
 */
export function withBackups(events: readonly OwnEvent[], cluster: Cluster): Promise<readonly OwnEvent[]> {
  return Promise.all(
    events.map(async (event) => {
      const [, kind = '', namespace = '', name = ''] = PIECE.exec(event.message) ?? [];
      const resource = PIECES.get(kind);
      if (resource === undefined) return event;
      const backup = await readBackupOf(objectPath(resource, namespace, name), cluster);
      if (backup === undefined) return event;
      return { ...event, message: event.message.replace(PIECE, `(Backup ${namespace}/${backup})`) };
    }),
  );
}

async function readBackupOf(path: string, cluster: Cluster): Promise<string | undefined> {
  try {
    const owners = listAt(await cluster.get(path), 'metadata', 'ownerReferences');
    const owner = owners.find((one) => textAt(one, 'kind') === 'Backup');
    return textAt(owner, 'name');
  } catch (thrown) {
    if (isForbidden(thrown)) return undefined;
    throw thrown;
  }
}
