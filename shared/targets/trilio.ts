import { kindsOf } from '../kinds.ts';
import { backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

const TRILIO = kindsOf('triliovault.trilio.io', { Backup: 'backups', Restore: 'restores' });

/**
 * TrilioVault. From general knowledge only: its code is not public and no manifest of it was read. A BackupPlan is
 * configuration.
 */
export const trilio: Tool = {
  id: 'trilio',
  title: 'TrilioVault',
  source: 'https://docs.trilio.io',
  known: 'documentation',
  patterns: [
    backupRoot({
      what: 'TrilioVault backup or restore request',
      match: { kinds: [TRILIO.Backup, TRILIO.Restore] },
      afterDenial: 'failed',
    }),
  ],
};
