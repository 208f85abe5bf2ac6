import {
  BACKUP_NAMES,
  BACKUP_SETTINGS,
  BACKUP_WORDS,
  DATA_STORES,
  OTHER_PROGRAM_WORDS,
  OTHER_WORK_NAMES,
  PLAIN_BACKUP_NAMES,
  RESTORE_NAMES,
  SNAPSHOT_WORDS,
} from './backup-names.ts';
import {
  BACKUP_IMAGES,
  BACKUP_PROGRAMS,
  BACKUP_STATEMENTS,
  DATABASE_CLIENTS,
  EXPORT_PROGRAMS,
  NO_DATA_OPTIONS,
  NO_RESTORE_OPTIONS,
  SCHEMA_DUMPS,
  STATEMENT_PROGRAMS,
} from './backup-programs.ts';
import {
  BACKUP_OBJECTS,
  COPY_ENTRYPOINTS,
  COPY_PROGRAMS,
  CREATE_COMMANDS,
  HTTP_CLIENTS,
  NO_SNAPSHOT_ARGUMENTS,
  SNAPSHOT_ADDRESSES,
  UPLOAD_OPTIONS,
} from './general-programs.ts';
import type { Matcher } from './matcher.ts';
import { backupLeaf, backupRoot, OUTSIDE_PIPELINES } from './patterns.ts';
import type { Tool, WorkPattern } from './tool.ts';

/** Jobs whose name says that they back up or restore, and says nothing else. */
const PLAINLY_NAMED: Matcher = { ...OUTSIDE_PIPELINES, nameWords: PLAIN_BACKUP_NAMES, unlessWords: OTHER_WORK_NAMES };

/** A program that says backup in its own name may well save a configuration: `wiki-backup-config` runs `backup.sh`. */
const OTHER_WORK_NAMES_BUT_CONFIG = OTHER_WORK_NAMES.filter((words) => !words.endsWith(' config'));

/**
 * Backups without any tool's marks: a CronJob or Job, or its pod, where two signs say so that nobody gives by accident: what
 * runs in it (a program of such work with its subcommand, or a program, script or image that says it in its own name), and
 * the object's or its owner's name. Neither alone is enough: a migration runs pg_dump too, and a name says nothing of what
 * runs. Whoever wants certainty labels the work. A refused run of a CronJob is lost.
 */
export const conventional: Tool = {
  id: 'conventional',
  title: 'Conventional backup jobs',
  source: 'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/',
  known: 'manifests',
  patterns: [
    ...[
      { ...OUTSIDE_PIPELINES, nameWords: BACKUP_NAMES, commands: BACKUP_PROGRAMS },
      { ...OUTSIDE_PIPELINES, nameWords: [...BACKUP_NAMES, 'export', 'exports'], commands: EXPORT_PROGRAMS },
      { ...OUTSIDE_PIPELINES, nameWords: BACKUP_NAMES, commands: SCHEMA_DUMPS, without: NO_DATA_OPTIONS },
      { ...OUTSIDE_PIPELINES, nameWords: BACKUP_NAMES, commands: STATEMENT_PROGRAMS, arguments: BACKUP_STATEMENTS },
      { ...OUTSIDE_PIPELINES, nameWords: BACKUP_NAMES, entrypoints: BACKUP_IMAGES },
      { ...OUTSIDE_PIPELINES, nameWords: BACKUP_NAMES, entrypoints: BACKUP_PROGRAMS.filter(isOfTool) },
      { ...PLAINLY_NAMED, commands: COPY_PROGRAMS },
      { ...PLAINLY_NAMED, entrypoints: COPY_ENTRYPOINTS },
      { ...PLAINLY_NAMED, nameWords: RESTORE_NAMES, commands: DATABASE_CLIENTS, without: NO_RESTORE_OPTIONS },
      { ...PLAINLY_NAMED, settings: BACKUP_SETTINGS, unlessRunWords: OTHER_PROGRAM_WORDS },
      { ...PLAINLY_NAMED, commands: HTTP_CLIENTS, arguments: SNAPSHOT_ADDRESSES, without: NO_SNAPSHOT_ARGUMENTS },
      { ...PLAINLY_NAMED, entrypoints: HTTP_CLIENTS, arguments: SNAPSHOT_ADDRESSES, without: NO_SNAPSHOT_ARGUMENTS },
      { ...PLAINLY_NAMED, commands: ['curl'], arguments: UPLOAD_OPTIONS },
      {
        ...PLAINLY_NAMED,
        unlessWords: OTHER_WORK_NAMES_BUT_CONFIG,
        runWords: BACKUP_WORDS,
        unlessRunWords: OTHER_PROGRAM_WORDS,
      },
      { ...PLAINLY_NAMED, runWords: SNAPSHOT_WORDS, unlessRunWords: OTHER_PROGRAM_WORDS, aboutWords: DATA_STORES },
    ].map(backupJob),
    backupRoot({
      what: 'job that asks for a backup',
      match: { ...PLAINLY_NAMED, commands: CREATE_COMMANDS, arguments: BACKUP_OBJECTS },
      afterDenial: 'lost',
    }),
  ],
};

/** Programs with images of their own name, which do nothing without a subcommand. */
function isOfTool(command: string): boolean {
  return /^(?:kopia|restic|rustic|velero) /.test(command);
}

function backupJob(match: Matcher): WorkPattern {
  return backupLeaf({ what: 'backup job', match, afterDenial: 'lost' });
}
