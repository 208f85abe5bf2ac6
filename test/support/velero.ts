import { join } from 'node:path';
import type { ApiAnswer } from '../../shared/index.ts';
import type { ControlPlane } from '../control-plane/contract.ts';

/** The CustomResourceDefinition of Velero's PodVolumeBackup. */
export const VELERO_CRD = join(import.meta.dirname, '../demo/manifests/velero-crd.yaml');

/** What the API server says, in a dry run, of a backup of a pod's volume on a node. */
export function tryVolumeBackup(plane: ControlPlane, node: string): Promise<Pick<ApiAnswer, 'status' | 'body'>> {
  return plane.api('POST', '/apis/velero.io/v1/namespaces/default/podvolumebackups?dryRun=All', {
    apiVersion: 'velero.io/v1',
    kind: 'PodVolumeBackup',
    metadata: { generateName: 'b-', namespace: 'default' },
    spec: { node, pod: { namespace: 'default', name: 'db-0' } },
  });
}
