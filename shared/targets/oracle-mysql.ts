import { kindsOf } from '../kinds.ts';
import { requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

const ORACLE_MYSQL = kindsOf('mysql.oracle.com', { MySQLBackup: 'mysqlbackups' });

/**
 * MySQL operator of Oracle. A Job owned by the MySQLBackup runs mysqlsh --pym mysqloperator backup
 * (mysqloperator/controller/backup/backup_objects.py); schedules make such requests.
 */
export const oracleMysql: Tool = {
  id: 'oracle-mysql',
  title: 'MySQL operator of Oracle',
  source: 'https://github.com/mysql/mysql-operator',
  known: 'code',
  patterns: [...requestedBackups('MySQL', [ORACLE_MYSQL.MySQLBackup], 'lost')],
};
