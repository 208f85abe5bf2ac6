import { CRONJOB_JOB_AND_POD, scanLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Popeye. A CronJob known by image or command (k8s/popeye).
 */
export const popeye: Tool = {
  id: 'popeye',
  title: 'Popeye',
  source: 'https://popeyecli.io',
  known: 'code',
  patterns: [
    scanLeaf({
      what: 'Popeye scan',
      match: { kinds: CRONJOB_JOB_AND_POD, entrypoints: ['popeye'] },
      afterDenial: 'lost',
    }),
    scanLeaf({ what: 'Popeye scan', match: { kinds: CRONJOB_JOB_AND_POD, commands: ['popeye'] }, afterDenial: 'lost' }),
  ],
};
