import { CRONJOB_JOB_AND_POD, backupLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Talos backup. An ordinary CronJob, known by its program (deployment example of the project).
 */
export const talosBackup: Tool = {
  id: 'talos-backup',
  title: 'Talos etcd backup',
  source: 'https://github.com/siderolabs/talos-backup',
  known: 'code',
  patterns: [
    backupLeaf({
      what: 'Talos etcd backup',
      match: { kinds: CRONJOB_JOB_AND_POD, entrypoints: ['talos-backup'] },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'Talos etcd backup',
      match: { kinds: CRONJOB_JOB_AND_POD, commands: ['talos-backup'] },
      afterDenial: 'lost',
    }),
  ],
};
