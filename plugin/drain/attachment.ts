import { textAt } from '../../shared/index.ts';

/** A VolumeAttachment (storage.k8s.io/v1): a volume on a node. */
export interface Attachment {
  readonly uid: string;
  readonly name: string;
  readonly node: string;
  /** Name of the PersistentVolume; empty for one that stands in the attachment itself. */
  readonly volume: string;
}

/** A VolumeAttachment object as facts. */
export function attachmentFromObject(object: unknown): Attachment {
  return {
    uid: textAt(object, 'metadata', 'uid') ?? '',
    name: textAt(object, 'metadata', 'name') ?? '',
    node: textAt(object, 'spec', 'nodeName') ?? '',
    volume: textAt(object, 'spec', 'source', 'persistentVolumeName') ?? '',
  };
}

/** What people know it by: its volume, where that has a name. */
export function attachmentName({ name, volume }: Attachment): string {
  return volume === '' ? name : volume;
}
