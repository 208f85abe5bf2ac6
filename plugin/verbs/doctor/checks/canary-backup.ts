import { collectionPath, LABELLED_TOOL, type ApiRequest } from '../../../../shared/index.ts';
import { byAffinity, byName, CANARY_NAMESPACE, canaryPod } from '../../../policy/canary.ts';
import type { Readings } from '../readings.ts';
import { workCheck, type WorkCanary } from '../work-canaries.ts';

const PODS: readonly WorkCanary[] = [
  {
    what: 'a backup by affinity',
    tool: LABELLED_TOOL,
    by: 'webhook',
    request: (node) => canaryPod(byAffinity(node), { work: 'backup' }),
  },
  {
    what: 'a backup by name',
    tool: LABELLED_TOOL,
    by: 'floor',
    request: (node) => canaryPod(byName(node), { work: 'backup' }),
  },
];

export const canaryBackup = workCheck({
  rule: 'backup',
  asks: 'Whether backups for a node in maintenance are really refused: by the webhook, by the floor, and Velero where it is installed',
  warns: 'the webhook alone refuses one; it was not tried, or somebody else refused it',
  fails: 'one passes',
  canaries: async (readings) => [...PODS, ...(await ofVelero(readings))],
});

/** Where Velero is installed: its own request for the volumes of one pod. */
async function ofVelero(readings: Readings): Promise<readonly WorkCanary[]> {
  const resources = await readings.served('velero.io/v1');
  if (resources?.includes('podvolumebackups') !== true) return [];
  return [{ what: 'a PodVolumeBackup of Velero', tool: 'velero', by: 'floor', request: volumeBackup }];
}

/** With every field that Velero's own schema asks for (config/crd/v1/bases/velero.io_podvolumebackups.yaml). */
function volumeBackup(node: string): ApiRequest {
  return {
    method: 'POST',
    path: collectionPath('velero.io/v1/podvolumebackups', CANARY_NAMESPACE),
    body: {
      apiVersion: 'velero.io/v1',
      kind: 'PodVolumeBackup',
      metadata: { generateName: 'kubectl-maint-canary-', namespace: CANARY_NAMESPACE },
      spec: {
        node,
        pod: { kind: 'Pod', namespace: CANARY_NAMESPACE, name: 'kubectl-maint-canary' },
        volume: 'none',
        backupStorageLocation: 'none',
        repoIdentifier: 'none',
      },
    },
  };
}
