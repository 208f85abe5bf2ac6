import { backupLeaf, RUNS } from './patterns.ts';
import type { Tool } from './tool.ts';

/**
 * Programs that copy data out of, or into, a database or a file system, and scripts that say so by their name. Not
 * pgbackrest: operators also run it to build replicas, in Jobs called `<cluster>-backup-…`; they have files of their own.
 */
const PROGRAMS = [
  'backup',
  'backup.sh',
  'barman-cloud-backup',
  'borg',
  'borgmatic',
  'duplicity',
  'etcdctl',
  'etcdutl',
  'kopia',
  'mariabackup',
  'mariadb-dump',
  'mongodump',
  'mongorestore',
  'mysqldump',
  'mysqlpump',
  'pg_basebackup',
  'pg_dump',
  'pg_dumpall',
  'pg_restore',
  'rclone',
  'restic',
  'restore.sh',
  'rustic',
  'velero',
  'wal-g',
  'xtrabackup',
];

/** Images of the same, whose entry point is the program. */
const IMAGES = ['borgmatic', 'docker-volume-backup', 'kopia', 'postgres-backup-s3', 'restic', 'rustic', 'velero'];

/** What people call such work. */
const NAME_WORDS = [
  'archive',
  'backup',
  'backups',
  'bkp',
  'dbbackup',
  'dump',
  'mysqldump',
  'pgdump',
  'restic',
  'restore',
  'restorer',
  'snapshot',
];

/**
 * Backups without any tool's marks: a CronJob or Job whose program AND name both say so. Neither alone is enough: a
 * migration runs pg_dump too, and a name says nothing of what runs. Whoever wants certainty labels the work.
 * A refused run of a CronJob is lost.
 */
export const conventional: Tool = {
  id: 'conventional',
  title: 'Conventional backup jobs',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/',
  patterns: [
    backupLeaf({
      what: 'backup job',
      match: { kinds: RUNS, commands: PROGRAMS, nameWords: NAME_WORDS },
      afterDenial: 'lost',
    }),
    backupLeaf({
      what: 'backup job',
      match: { kinds: RUNS, images: IMAGES, nameWords: NAME_WORDS },
      afterDenial: 'lost',
    }),
  ],
};
