import type { Rule } from '../rule.ts';
import { judgeWork, mayBe } from './work-off-nodes.ts';

/** Scans do not run while any node of the cluster is in maintenance: their result would be about half a cluster. */
export const scan: Rule = {
  id: 'scan',
  denies: 'scan work, whatever it targets, while any node is in maintenance',
  concerns: ({ classification, change }) => mayBe('scan', classification) && change === 'start',
  judge: judgeWork,
};
