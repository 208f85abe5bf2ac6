import { RUNS, backupLeaf } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Talos backup. An ordinary CronJob, known by its program (deployment example of the project).
 */
export const talosBackup: Tool = {
  id: 'talos-backup',
  title: 'Talos etcd backup',
  source: 'https://github.com/siderolabs/talos-backup',
  patterns: [
    backupLeaf({
      what: 'Talos etcd backup',
      match: { kinds: RUNS, entrypoints: ['talos-backup'] },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'Talos etcd backup',
      match: { kinds: RUNS, commands: ['talos-backup'] },
      afterDenial: 'lost',
    }),
  ],
};
