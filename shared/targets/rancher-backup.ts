import { kindsOf } from '../kinds.ts';
import { backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const RANCHER_BACKUP = kindsOf('resources.cattle.io', { Backup: 'backups', Restore: 'restores' });

/**
 * Rancher's backup operator does the work in its own process, so no node can be told; a recurring backup is one object
 * with a schedule and no CREATE per run. A ResourceSet is configuration.
 */
export const rancherBackup: Tool = {
  id: 'rancher-backup',
  title: 'Rancher backup operator',
  source: 'https://github.com/rancher/backup-restore-operator',
  known: 'code',
  patterns: [
    backupRoot({
      what: 'Rancher backup or restore request',
      match: { kinds: [RANCHER_BACKUP.Backup, RANCHER_BACKUP.Restore] },
      afterDenial: 'failed',
    }),
  ],
};
