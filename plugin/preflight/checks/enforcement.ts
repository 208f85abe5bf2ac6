import { warning, type Check, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** Without our webhook the mark keeps nothing off. That it really refuses is tried out when the node is marked. */
export const enforcement: Check = {
  id: 'enforcement',
  refuses: '',
  warns: 'the webhook is not installed, or does not hold add-ons back yet',
  find,
};

function find({ registered }: Survey): readonly Finding[] {
  if (registered !== 'no') return [];
  return [
    warning('enforcement', 'the webhook is not installed: nothing will keep backups, scans and add-on changes off'),
  ];
}
