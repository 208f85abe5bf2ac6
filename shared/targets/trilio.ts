import { backupRoot } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * TrilioVault. From general knowledge only: its code is not public and no manifest of it was read. A BackupPlan is
 * configuration.
 */
export const trilio: Tool = {
  id: 'trilio',
  title: 'TrilioVault',
  source: 'https://docs.trilio.io',
  patterns: [
    backupRoot({
      what: 'TrilioVault backup or restore request',
      match: { kinds: ['triliovault.trilio.io/Backup', 'triliovault.trilio.io/Restore'] },
      afterDenial: 'failed',
    }),
  ],
};
