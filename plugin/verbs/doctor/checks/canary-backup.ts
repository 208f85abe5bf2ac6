import { LABELLED_TOOL } from '../../../../shared/index.ts';
import { byAffinity, byName, canaryPod } from '../../../policy/canary.ts';
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

/** Where Velero is installed: the pod that its node agent makes to back up a volume (velero pkg/exposer/pod_volume.go). */
async function ofVelero(readings: Readings): Promise<readonly WorkCanary[]> {
  const resources = await readings.served('velero.io/v1');
  if (resources?.includes('podvolumebackups') !== true) return [];
  const labels = { 'velero.io/pod-volume-backup': 'kubectl-maint-canary' };
  const request: WorkCanary['request'] = (node) => canaryPod(byName(node), { labels });
  return [{ what: "Velero's pod for a volume", tool: 'velero', by: 'floor', request }];
}
