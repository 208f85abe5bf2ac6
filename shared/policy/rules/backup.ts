import type { Rule } from '../rule.ts';
import { judgeWork, mayBe } from './work-off-nodes.ts';

/** Backup or restore work does not run on a node in maintenance. The leaf is refused, not the root. */
export const backup: Rule = {
  id: 'backup',
  denies: 'backup or restore work pinned to a node in maintenance, or able to run only on such nodes',
  concerns: ({ classification, change }) => mayBe('backup', classification) && change === 'start',
  judge: judgeWork,
};
