import { kindsOf } from '../kinds.ts';
import { requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

const AWX = kindsOf('awx.ansible.com', { AWXBackup: 'awxbackups', AWXRestore: 'awxrestores' });

/**
 * AWX, and the products made of it. A pod <name>-db-management, which the request owns, dumps or restores the database
 * (roles/backup, roles/restore).
 */
export const awx: Tool = {
  id: 'awx',
  title: 'AWX operator',
  source: 'https://github.com/ansible/awx-operator',
  known: 'code',
  patterns: [...requestedBackups('AWX', [AWX.AWXBackup, AWX.AWXRestore], 'lost')],
};
