import type { Rule } from '../rule.ts';
import { WORK_ENTRY } from './work-entry.ts';
import { judgeWork, mayBe, WORK_REASONS, type WorkReason } from './work-off-nodes.ts';

/** Backup or restore work does not run on a node in maintenance. The leaf is refused, not the root. */
export const backup: Rule<WorkReason> = {
  id: 'backup',
  denies: 'backup or restore work pinned to a node in maintenance, or able to run only on such nodes',
  reasons: WORK_REASONS,
  defaults: { mode: 'enforce', scope: 'node', unknown: 'deny' },
  settings: ['scope', 'tools'],
  inPalette: true,
  work: 'backup',
  liftable: true,
  entries: [WORK_ENTRY],
  concerns: ({ classification, change }) => mayBe('backup', classification) && change === 'start',
  judge: judgeWork,
};
