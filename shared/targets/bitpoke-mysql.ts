import { requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * MySQL operator of Bitpoke, formerly Presslabs. A Job owned by the MysqlBackup.
 */
export const bitpokeMysql: Tool = {
  id: 'bitpoke-mysql',
  title: 'MySQL operator of Bitpoke',
  source: 'https://github.com/bitpoke/mysql-operator',
  patterns: [...requestedBackups('Bitpoke MySQL', ['mysql.presslabs.org/MysqlBackup'], 'lost')],
};
