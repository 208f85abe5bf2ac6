/** Words in the names of objects that back up or restore. */
export const BACKUP_NAMES: readonly string[] = [
  '*backup*',
  '*bkp',
  '*bkup*',
  '*dump',
  '*dumpall',
  '*dumper',
  '*dumps',
  '*restore',
  '*snapshot',
  '*snapshots',
  'archive',
  'archives',
  'bak',
  'bckp',
  'bkp*',
  'borg',
  'borgmatic',
  'duplicity',
  'hotcopy',
  'kopia',
  'respaldo*',
  'restic',
  'restorer',
  'restores',
  'rustic',
  'sauvegarde*',
  'sicherung*',
  'snapshotter',
];

/** Those of them that hardly anything else is called by. */
export const PLAIN_BACKUP_NAMES: readonly string[] = [
  '*backup',
  '*backups',
  '*bkp',
  '*bkup',
  '*dump',
  '*dumpall',
  '*dumps',
  '*restore',
  'backupper',
  'bckp',
  'bkps',
  'hotcopy',
  'respaldo',
  'respaldos',
  'restores',
  'sauvegarde',
  'sauvegardes',
  'sicherung',
  'snapshot',
  'snapshots',
];

/** Words in the names of objects that restore. A client of a database in one of them reads what was dumped. */
export const RESTORE_NAMES: readonly string[] = ['*restore', 'restorer', 'restores'];

/** Words in the names of variables, and in the paths of volumes, of images that back up or restore. */
export const BACKUP_SETTINGS: readonly string[] = ['*backup*', 'bkp', 'borg', 'kopia', 'restic', 'restore'];

/** Words in the names of programs, scripts and images that back up or restore. */
export const BACKUP_WORDS: readonly string[] = [
  '*backup*',
  '*bkp',
  '*bkup*',
  '*dump',
  '*dumps',
  '*restore',
  'bckp',
  'bkp*',
  'dumper',
  'hotcopy',
];

/** Words in the names of programs, scripts and images that take snapshots, of data stores or of other things. */
export const SNAPSHOT_WORDS: readonly string[] = ['*snapshot', '*snapshots', 'snap', 'snaps', 'snapshotter'];

/** What a snapshot saves that is a backup; other snapshots show a state, a price list or a web page. */
export const DATA_STORES: readonly string[] = [
  'cassandra',
  'ceph',
  'consul',
  'couchdb',
  'csi',
  'database',
  'db',
  'disk',
  'disks',
  'ebs',
  'elastic',
  'elasticsearch',
  'es',
  'etcd',
  'influx',
  'influxdb',
  'lvm',
  'mongo',
  'mongodb',
  'mysql',
  'opensearch',
  'pg',
  'postgres',
  'postgresql',
  'pv',
  'pvc',
  'raft',
  'rds',
  'redis',
  'solr',
  'vault',
  'volume',
  'volumes',
  'zfs',
];

/** Words of other work: with backups that are there, or with something else that is dumped, restored or cached. */
const OTHER_ACTIONS: readonly string[] = [
  'cache',
  'caches',
  'ci',
  'clean',
  'cleaner',
  'cleanup',
  'crash',
  'delete',
  'e2e',
  'expire',
  'gc',
  'heap',
  'install',
  'list',
  'migrate',
  'migration',
  'migrations',
  'nuget',
  'prune',
  'pruner',
  'purge',
  'remove',
  'retention',
  'rotate',
  'rotation',
  'setup',
  'thread',
  'uninstall',
  'upgrade',
  'verify',
];

/** Words that, behind the word for a backup, mean something about backups (`backup-bucket`); before it they name what is saved. */
const ABOUT_BACKUPS: readonly string[] = [
  'alert',
  'alerts',
  'bucket',
  'buckets',
  'check',
  'checker',
  'config',
  'controller',
  'crd',
  'crds',
  'dashboard',
  'exporter',
  'lifecycle',
  'metrics',
  'monitor',
  'notifier',
  'operator',
  'policy',
  'report',
  'reporter',
  'server',
  'status',
  'ui',
  'validation',
  'validator',
  'webhook',
];

/** Words by which the name of an object, though it says backup, means other work; two words stand one behind the other. */
export const OTHER_WORK_NAMES: readonly string[] = [
  ...OTHER_ACTIONS,
  ...ABOUT_BACKUPS.flatMap((thing) =>
    ['*backup*', '*restore', '*dump*', '*snapshot*'].map((word) => `${word} ${thing}`),
  ),
];

/** The same in the names of programs, scripts and images, and in subcommands: single words, as these are chosen with more care. */
export const OTHER_PROGRAM_WORDS: readonly string[] = [
  ...OTHER_ACTIONS,
  ...ABOUT_BACKUPS,
  'describe',
  'get',
  'help',
  'info',
  'init',
  'logs',
  'ls',
  'manager',
  'notify',
  'show',
  'test',
  'tests',
  'validate',
  'version',
  'wait',
];
