import { backupLeaf, backupRoot, backupSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

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
  patterns: [
    backupLeaf({
      what: 'K8up backup of a namespace',
      match: { kinds: ['k8up.io/Backup'] },
      node: { in: 'pods-with-claims' },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'K8up Job',
      match: { kinds: ['/Pod', 'batch/Job'], labels: { k8upjob: ['true'] } },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'pod that prepares a K8up backup',
      match: { kinds: ['/Pod', 'apps/Deployment'], labels: { 'k8up.io/backupCommandPod': ['true'] } },
      afterDenial: 'retried',
    }),
    backupRoot({
      what: 'K8up request',
      match: { kinds: ['k8up.io/Restore', 'k8up.io/Check', 'k8up.io/Prune', 'k8up.io/Archive'] },
      afterDenial: 'lost',
    }),
    backupSchedule({ what: 'K8up schedule', match: { kinds: ['k8up.io/Schedule'] } }),
  ],
};
