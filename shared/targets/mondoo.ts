import { CRONJOB_JOB_AND_POD, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Mondoo operator. It makes one CronJob for each node, pinned by the node's name and tolerating its taints, and others for
 * resources and images; all are labelled with what they scan (controllers/nodes, k8s_scan, container_image). Garbage
 * collection has another label.
 */
export const mondoo: Tool = {
  id: 'mondoo',
  title: 'Mondoo operator',
  source: 'https://github.com/mondoohq/mondoo-operator',
  known: 'code',
  patterns: [
    scanLeaf({
      what: 'Mondoo scan',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { mondoo_cr: [], scan: [] } },
      afterDenial: 'lost',
    }),
  ],
};
