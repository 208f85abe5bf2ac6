import { kindsOf, KUBERNETES } from '../kinds.ts';
import { JOB_AND_POD, backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const K8UP = kindsOf('k8up.io', {
  Archive: 'archives',
  Backup: 'backups',
  Check: 'checks',
  Prune: 'prunes',
  Restore: 'restores',
  Schedule: 'schedules',
});

/**
 * K8up. Its Jobs carry `k8upjob: "true"` and, for mounted volumes, the node's NAME under the hostname label
 * (operator/backupcontroller/executor.go). A Job refused for one node is never made again once another Job of the
 * same Backup exists, and the Backup still reports Succeeded. So the Backup itself is refused, loudly, while a pod that
 * mounts a claim in its namespace runs on a node in maintenance; Jobs of earlier Backups are refused as well, and the
 * denial says that they are lost. Requests for other work make one Job, and report that it could not be made.
 */
export const k8up: Tool = {
  id: 'k8up',
  title: 'K8up',
  source: 'https://k8up.io',
  known: 'manifests',
  patterns: [
    backupLeaf({
      what: 'K8up backup of a namespace',
      match: { kinds: [K8UP.Backup] },
      node: { in: 'pods-with-claims' },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'K8up Job',
      match: { kinds: JOB_AND_POD, labels: { k8upjob: ['true'] } },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'pod that prepares a K8up backup',
      match: { kinds: [KUBERNETES.Pod, KUBERNETES.Deployment], labels: { 'k8up.io/backupCommandPod': ['true'] } },
      afterDenial: 'retried',
    }),
    backupRoot({
      what: 'K8up request',
      match: { kinds: [K8UP.Restore, K8UP.Check, K8UP.Prune, K8UP.Archive] },
      afterDenial: 'lost',
    }),
    backupSchedule({ what: 'K8up schedule', match: { kinds: [K8UP.Schedule] } }),
  ],
};
