import {
  BACKUP_IMAGES,
  CALLERS,
  COPIER_IMAGES,
  COPIERS,
  NO_CALL,
  REQUESTED,
  REQUESTS,
  SNAPSHOT_CALLS,
  UPLOADS,
} from './backup-carriers.ts';
import {
  BACKUP_NAMES,
  BACKUP_SETTINGS,
  BACKUP_WORDS,
  OTHER_PROGRAMS,
  OTHER_WORK,
  PLAIN_BACKUP_NAMES,
  RESTORE_NAMES,
  SNAPSHOT_WORDS,
  STORES,
} from './backup-names.ts';
import {
  BACKUP_PROGRAMS,
  CLIENTS,
  EXPORT_PROGRAMS,
  NO_DATA,
  NOT_FED,
  SCHEMA_DUMPS,
  TELLING,
  TOLD_PROGRAMS,
} from './backup-programs.ts';
import type { Matcher } from './matcher.ts';
import { backupLeaf, backupRoot, CRONJOB_JOB_AND_POD } from './patterns.ts';
import { PIPELINES } from './pipelines.ts';
import type { Tool, WorkPattern } from './tool.ts';

/** A pipeline's step may use any of these programs on what it builds: its pods are none, where the pipeline is there. */
const RUN: Matcher = { kinds: CRONJOB_JOB_AND_POD, notOwners: PIPELINES };
/** A name that says it, and says nothing else. */
const PLAINLY_NAMED: Matcher = { ...RUN, nameWords: PLAIN_BACKUP_NAMES, unlessWords: OTHER_WORK };

/** What says of itself that it saves something may save a configuration: `wiki-backup-config` runs `backup.sh`. */
const OTHER_DOING = OTHER_WORK.filter((words) => !words.endsWith(' config'));

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
  patterns: [
    ...[
      { ...RUN, nameWords: BACKUP_NAMES, commands: BACKUP_PROGRAMS },
      { ...RUN, nameWords: [...BACKUP_NAMES, 'export', 'exports'], commands: EXPORT_PROGRAMS },
      { ...RUN, nameWords: BACKUP_NAMES, commands: SCHEMA_DUMPS, without: NO_DATA },
      { ...RUN, nameWords: BACKUP_NAMES, commands: TOLD_PROGRAMS, arguments: TELLING },
      { ...RUN, nameWords: BACKUP_NAMES, entrypoints: BACKUP_IMAGES },
      { ...RUN, nameWords: BACKUP_NAMES, entrypoints: BACKUP_PROGRAMS.filter(isOfTool) },
      { ...PLAINLY_NAMED, commands: COPIERS },
      { ...PLAINLY_NAMED, entrypoints: COPIER_IMAGES },
      { ...PLAINLY_NAMED, nameWords: RESTORE_NAMES, commands: CLIENTS, without: NOT_FED },
      { ...PLAINLY_NAMED, settings: BACKUP_SETTINGS, unlessRunWords: OTHER_PROGRAMS },
      { ...PLAINLY_NAMED, commands: CALLERS, arguments: SNAPSHOT_CALLS, without: NO_CALL },
      { ...PLAINLY_NAMED, entrypoints: CALLERS, arguments: SNAPSHOT_CALLS, without: NO_CALL },
      { ...PLAINLY_NAMED, commands: ['curl'], arguments: UPLOADS },
      { ...PLAINLY_NAMED, unlessWords: OTHER_DOING, runWords: BACKUP_WORDS, unlessRunWords: OTHER_PROGRAMS },
      { ...PLAINLY_NAMED, runWords: SNAPSHOT_WORDS, unlessRunWords: OTHER_PROGRAMS, aboutWords: STORES },
    ].map(backupJob),
    backupRoot({
      what: 'job that asks for a backup',
      match: { ...PLAINLY_NAMED, commands: REQUESTS, arguments: REQUESTED },
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
