import type { Rule } from '../rule.ts';
import { WORK_ENTRY } from './work-entry.ts';
import { judgeWork, mayBe, WORK_REASONS, type WorkReason } from './work-off-nodes.ts';

/** Scans do not run while any node of the cluster is in maintenance: their result would be about half a cluster. */
export const scan: Rule<WorkReason> = {
  id: 'scan',
  denies: 'scan work, whatever it targets, while any node is in maintenance',
  reasons: WORK_REASONS,
  defaults: { mode: 'enforce', scope: 'cluster', unknown: 'deny' },
  // Of scans alone a whole cluster is kept free because of one node, which somebody may have forgotten.
  settings: ['scope', 'afterOverdue', 'overdueFor', 'tools'],
  inPalette: true,
  work: 'scan',
  liftable: true,
  entries: [WORK_ENTRY],
  concerns: ({ classification, change }) => mayBe('scan', classification) && change === 'start',
  judge: judgeWork,
};
