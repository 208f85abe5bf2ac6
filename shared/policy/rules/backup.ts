import type { Rule } from '../rule.ts';
import { judgeWork } from './work-off-nodes.ts';

/** Backup or restore work does not run on a node in maintenance. The leaf is refused, not the root. */
export const backup: Rule = {
  id: 'backup',
  denies: 'backup or restore work pinned to a node in maintenance, or able to run only on such nodes',
  concerns: ({ classification, change }) => classification.work === 'backup' && change === 'start',
  judge: judgeWork,
};
