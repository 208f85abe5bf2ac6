import { CRONJOB_JOB_AND_POD, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Mondoo operator. One CronJob per node, pinned by its name and tolerating its taints, others for resources and images;
 * all labelled with what they scan (controllers/nodes, k8s_scan, container_image). Garbage collection has another
 * label.
 */
export const mondoo: Tool = {
  id: 'mondoo',
  title: 'Mondoo operator',
  source: 'https://github.com/mondoohq/mondoo-operator',
  patterns: [
    scanLeaf({
      what: 'Mondoo scan',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { mondoo_cr: [], scan: [] } },
      afterDenial: 'lost',
    }),
  ],
};
