import { kindsOf } from '../kinds.ts';
import { CRONJOB_JOB_AND_POD, scanLeaf, scanRoot, scanSchedule } from './patterns.ts';
import type { Tool } from './tool.ts';

const SECURECODEBOX = kindsOf('execution.securecodebox.io', { Scan: 'scans', ScheduledScan: 'scheduledscans' });

/**
 * secureCodeBox. A label tells the scanner's Job; parsers and hooks work on its results and scan nothing
 * (operator/controllers/execution/scans). A ScheduledScan makes Scans.
 */
export const securecodebox: Tool = {
  id: 'securecodebox',
  title: 'secureCodeBox',
  source: 'https://www.securecodebox.io',
  known: 'code',
  patterns: [
    scanLeaf({
      what: 'secureCodeBox scan',
      match: { kinds: CRONJOB_JOB_AND_POD, labels: { 'securecodebox.io/job-type': ['scanner'] } },
      afterDenial: 'retried',
    }),
    scanRoot({
      what: 'secureCodeBox scan request',
      match: { kinds: [SECURECODEBOX.Scan] },
      afterDenial: 'failed',
    }),
    scanSchedule({ what: 'secureCodeBox schedule', match: { kinds: [SECURECODEBOX.ScheduledScan] } }),
  ],
};
