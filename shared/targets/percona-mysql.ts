import { kindsOf } from '../kinds.ts';
import { requestedBackups } from './patterns.ts';
import type { Tool } from './tool.ts';

const PERCONA_MYSQL = kindsOf('ps.percona.com', {
  PerconaServerMySQLBackup: 'perconaservermysqlbackups',
  PerconaServerMySQLRestore: 'perconaservermysqlrestores',
});

/**
 * Percona Server for MySQL. Its Jobs are owned by the request, as those of the operator for XtraDB are. What follows a
 * refusal was not read.
 */
export const perconaMysql: Tool = {
  id: 'percona-mysql',
  title: 'Percona Server for MySQL operator',
  source: 'https://github.com/percona/percona-server-mysql-operator',
  known: 'code',
  patterns: [
    ...requestedBackups(
      'Percona Server for MySQL',
      [PERCONA_MYSQL.PerconaServerMySQLBackup, PERCONA_MYSQL.PerconaServerMySQLRestore],
      'lost',
    ),
  ],
};
