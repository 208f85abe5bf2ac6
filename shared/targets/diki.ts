import { kindsOf } from '../kinds.ts';
import { JOB_AND_POD, scanLeaf, scanRoot, scanSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const DIKI = kindsOf('diki.gardener.cloud', {
  ComplianceScan: 'compliancescans',
  ScheduledComplianceScan: 'scheduledcompliancescans',
});

/**
 * Diki. The Job `diki-run-*` is made suspended and started by an UPDATE (dikirun.go); it tolerates everything. A refused
 * one fails its ComplianceScan for good.
 */
export const diki: Tool = {
  id: 'diki',
  title: 'Gardener diki',
  source: 'https://github.com/gardener/diki-operator',
  known: 'code',
  patterns: [
    scanLeaf({
      what: 'diki run',
      match: { kinds: JOB_AND_POD, labels: { 'compliancescan.diki.gardener.cloud/name': [] } },
      afterDenial: 'lost',
    }),
    scanRoot({
      what: 'diki compliance scan',
      match: { kinds: [DIKI.ComplianceScan] },
      afterDenial: 'failed',
    }),
    scanSchedule({ what: 'diki schedule', match: { kinds: [DIKI.ScheduledComplianceScan] } }),
  ],
};
