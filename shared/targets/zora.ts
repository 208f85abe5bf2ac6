import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, scanLeaf, scanSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const ZORA = kindsOf('zora.undistro.io', { ClusterScan: 'clusterscans' });

/**
 * Zora. It makes a CronJob for each cluster and plugin, labelled and owned by the ClusterScan; the Jobs of these have
 * neither label nor owner, but a worker beside the plugin (pkg/plugins/cronjob.go).
 */
export const zora: Tool = {
  id: 'zora',
  title: 'Zora',
  source: 'https://github.com/undistro/zora',
  known: 'code',
  patterns: [
    scanLeaf({
      what: 'Zora scan',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { 'zora.undistro.io/plugin': [] } },
      afterDenial: 'lost',
    }),
    scanLeaf({
      what: 'Zora scan',
      match: { kinds: CRONJOB_JOB_AND_POD, images: ['undistro/zora/worker'] },
      afterDenial: 'lost',
    }),
    scanSchedule({ what: 'Zora schedule', match: { kinds: [ZORA.ClusterScan] } }),
  ],
};
