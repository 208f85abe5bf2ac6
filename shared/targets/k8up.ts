import type { Tool } from './tool.ts';

/**
 * K8up. Its Jobs carry `k8upjob: "true"` and, for mounted volumes, the node's NAME under the hostname label
 * (operator/backupcontroller/executor.go). A Job refused for one node is never made again once another Job of the
 * same Backup exists, and the Backup still reports Succeeded: the denial says so.
 */
export const k8up: Tool = {
  id: 'k8up',
  title: 'K8up',
  source: 'https://k8up.io',
  patterns: [
    {
      work: 'backup',
      what: 'K8up Job',
      role: 'leaf',
      match: { kinds: ['batch/Job', '/Pod'], labels: { k8upjob: ['true'] } },
      node: { in: 'pods' },
      afterDenial: 'lost',
    },
    {
      work: 'backup',
      what: 'K8up request',
      role: 'root',
      match: {
        kinds: ['k8up.io/Backup', 'k8up.io/Restore', 'k8up.io/Check', 'k8up.io/Prune', 'k8up.io/Archive'],
      },
      node: { in: 'pods' },
      afterDenial: 'lost',
    },
  ],
};
