import { scanLeaf, scanRoot, scanSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Diki. The Job `diki-run-*` is made suspended and started by an UPDATE (dikirun.go); it tolerates everything. A refused
 * one fails its ComplianceScan for good.
 */
export const diki: Tool = {
  id: 'diki',
  title: 'Gardener diki',
  source: 'https://github.com/gardener/diki-operator',
  patterns: [
    scanLeaf({
      what: 'diki run',
      match: { kinds: ['/Pod', 'batch/Job'], labels: { 'compliancescan.diki.gardener.cloud/name': [] } },
      afterDenial: 'lost',
    }),
    scanRoot({
      what: 'diki compliance scan',
      match: { kinds: ['diki.gardener.cloud/ComplianceScan'] },
      afterDenial: 'failed',
    }),
    scanSchedule({ what: 'diki schedule', match: { kinds: ['diki.gardener.cloud/ScheduledComplianceScan'] } }),
  ],
};
