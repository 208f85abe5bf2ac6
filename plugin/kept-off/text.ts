import { clean, type AfterDenial } from '../../shared/index.ts';
import type { CronJobAfter } from './cron-jobs.ts';
import type { KeptOff } from './kept-off.ts';

/**
 * What was kept off the nodes that are back, as far as Events tell. `unreadable`: why some or all of them could not be
 * read; `expired`: some maintenance began longer ago than Events are kept by default.
 */
export interface KeptOffEvent {
  readonly type: 'kept-off';
  readonly nodes: readonly string[];
  readonly work: readonly KeptOff[];
  /** What becomes of the CronJobs that were refused. */
  readonly cronJobs: readonly CronJobAfter[];
  readonly unreadable: string | undefined;
  readonly expired: boolean;
}

/** Longest line about one kind of work, in characters: Events are written by others. */
const MAX_WORK = 300;

/** What becomes of it, or what is to be done about it. */
const FATE: Readonly<Record<AfterDenial, string>> = {
  retried: 'tried again by itself',
  resumed: 'its latest run is made up for by itself, earlier ones are lost',
  lost: 'lost: start it again',
  failed: 'failed: do it again',
};

/** What was kept off, as lines for people: each kind of work, how often and when last, and what becomes of it. */
export function keptOffLines(event: KeptOffEvent): readonly string[] {
  const { nodes, work, cronJobs, unreadable, expired } = event;
  const names = nodes.join(', ');
  return [
    ...(work.length > 0 ? [`kept off ${names} meanwhile:`, ...work.map((one) => workLine(one, nodes.length))] : []),
    ...cronJobs.flatMap(cronJobLines),
    ...(work.some(isRedone) ? [REDO] : []),
    ...(unreadable === undefined ? [] : [`what was kept off ${names} is not known, or not all of it: ${unreadable}`]),
    ...(unreadable === undefined && work.length === 0 && !expired
      ? [`nothing is known to have been kept off ${names} meanwhile`]
      : []),
    ...(expired ? [OLDER] : []),
    'workloads are not moved back',
  ];
}

/** What `kubectl maint redo` makes up for, of what nobody else does. */
function isRedone({ what, afterDenial }: KeptOff): boolean {
  return (
    (afterDenial === 'lost' || afterDenial === 'failed') &&
    /(?:^|\()(?:CronJob|Backup|PodVolumeBackup|DataUpload) [^()]+\)?$/.test(what)
  );
}

const REDO = 'what one call makes up for, and to do so: kubectl maint redo';

const OLDER =
  'Events of more than an hour ago are gone, unless your API server keeps them longer: look for older backups and scans yourself';

/**
 * The API server asks its own policies before any webhook, and they write no Event: of what they refused only a refused
 * controller tells. Which nodes it was about makes no difference, so it is said once.
 */
export function unseenByEvents(floor: readonly string[] | undefined): string | undefined {
  if (floor?.length === 0) return undefined;
  const what =
    floor === undefined
      ? 'what policies of the API server refused, if it has any'
      : `${floor.map(plural).join(' and ')} that the API server's own policies refused`;
  return `not listed: ${what}, unless a controller wrote an Event about it; look in your backup and scan tools for what is missing`;
}

function plural(rule: string): string {
  return `${rule}s`;
}

function workLine({ node, what, times, lastAt, afterDenial }: KeptOff, nodes: number): string {
  const where = nodes > 1 ? `${node}: ` : '';
  const often = times === 1 ? `once, at ${lastAt}` : `${times} times, last at ${lastAt}`;
  const then = afterDenial === null ? 'look whether it has to be started again' : FATE[afterDenial];
  return `  ${where}${clean(what, MAX_WORK)}: ${often}; ${then}`;
}

/** What becomes of a CronJob, and what wakes it where we may not. */
export function cronJobLines({ name, state, why, command }: CronJobAfter): readonly string[] {
  const cronJob = `CronJob ${clean(name, MAX_WORK)}`;
  switch (state) {
    case 'woken':
      return [`${cronJob} was told to make up for its latest run now`];
    case 'sleeps':
      return [
        `${cronJob} was not told to make up for its latest run (${clean(why, MAX_WORK)}): its controller pauses for longer after each refusal; to have it go on now: ${command}`,
      ];
    case 'kept-off':
    case 'lost':
    case 'suspended':
      return [`${cronJob} does not make up for its latest run: ${clean(why, MAX_WORK)}`];
  }
}
