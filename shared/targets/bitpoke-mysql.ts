import { kindsOf } from '../kinds.ts';
import { requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

const BITPOKE_MYSQL = kindsOf('mysql.presslabs.org', { MysqlBackup: 'mysqlbackups' });

/**
 * MySQL operator of Bitpoke, formerly Presslabs. The Job that backs up is owned by the MysqlBackup.
 */
export const bitpokeMysql: Tool = {
  id: 'bitpoke-mysql',
  title: 'MySQL operator of Bitpoke',
  source: 'https://github.com/bitpoke/mysql-operator',
  known: 'code',
  patterns: [...requestedBackups('Bitpoke MySQL', [BITPOKE_MYSQL.MysqlBackup], 'lost')],
};
