import { conditionAt, isTrueAt, listAt, stringMapAt, textAt, timeAt, type NodeFacts } from '../../../shared/index.ts';
import { isLifted } from '../../kept-off/cron-jobs.ts';
import { namesNode } from '../../kept-off/kept-off.ts';
import type { RefusedWork } from './refused-work.ts';

/** Velero writes on each Backup of a Schedule whose it is (velero pkg/apis/velero/v1 ScheduleNameLabel). */
export const SCHEDULE_LABEL = 'velero.io/schedule-name';

/**
 * Where a refused run stands. `open`: nobody has made up for it, and one call does. `made-up`: it ran since. `superseded`: it
 * ran since and was refused again, so that the later run is the one to make up for. `kept-off`: a node is in maintenance
 * because of which it would be refused again. `suspended`, `by-hand`, `gone`: no call of ours is safe.
 */
export type State = 'open' | 'made-up' | 'superseded' | 'kept-off' | 'suspended' | 'by-hand' | 'gone';

export interface Standing {
  readonly state: State;
  /** Why; empty where nothing more is to be said. */
  readonly why: string;
}

/** What was read about refused work. */
export interface About {
  /** The CronJob, or the Backup; undefined where it is gone. */
  readonly object: unknown;
  /** What its maker made of it since: the Jobs of the CronJob, the Backups of the Schedule. */
  readonly runs: readonly unknown[];
  /** Of a Backup: the Schedule that made it. */
  readonly schedule: unknown;
  /** Of a Backup: the names of all in its namespace of which something was refused. */
  readonly refused: ReadonlySet<string>;
  readonly held: readonly NodeFacts[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Judges where refused work stands. Pure. */
export function standingOf(work: RefusedWork, about: About): Standing {
  const { object, held, now } = about;
  if (object === undefined) return { state: 'gone', why: `the ${work.kind} is gone` };
  const since = Date.parse(work.lastAt);
  const later = runsSince(work, about.runs);
  const others = later.filter((run) => !hasFailed(run)).map(nameOfRun);
  const made = others.find((name) => !about.refused.has(name));
  if (made !== undefined) return { state: 'made-up', why: `${made} was made since` };
  if (hasRunAndIsGone(about, since)) return { state: 'made-up', why: 'it ran since' };
  const again = later.map(nameOfRun).find((name) => about.refused.has(name));
  if (again !== undefined) return { state: 'superseded', why: `${again} was made since, and refused as well` };
  const standstill = work.kind === 'CronJob' ? cronJobStands(object) : backupStands(object, about.schedule);
  if (standstill !== undefined) return standstill;
  const node = held.find((one) =>
    work.messages.some((message) => namesNode(message, one.name) && !isLifted(message, one, now)),
  );
  const failed = later.filter(hasFailed).map(nameOfRun);
  return node === undefined
    ? { state: 'open', why: failed.length === 0 ? '' : `${failed.join(', ')} was made since, and failed` }
    : { state: 'kept-off', why: `node ${node.name} is in maintenance` };
}

/**
 * Whether a run was made since and is gone. Its CronJob keeps when a Job of it succeeded last, which may be one of before the refusal
 * that took long. A history limit or a time to live deletes the earliest first: while one of before is there, none of after is gone.
 * Where neither is there it counts, as a run whose Job is deleted at its end would be made again each time that somebody asks.
 */
function hasRunAndIsGone({ object, runs }: About, since: number): boolean {
  const isOfBefore = (run: unknown): boolean => (timeAt(run, 'metadata', 'creationTimestamp') ?? 0) <= since;
  return (
    (timeAt(object, 'status', 'lastSuccessfulTime') ?? 0) > since &&
    !runs.some((run) => isOfBefore(run) && textAt(conditionAt(run, 'Complete'), 'status') === 'True')
  );
}

/** Those that were made after the last refusal. */
function runsSince({ lastAt }: RefusedWork, runs: readonly unknown[]): readonly unknown[] {
  return runs.filter((run) => (timeAt(run, 'metadata', 'creationTimestamp') ?? 0) > Date.parse(lastAt));
}

export function nameOfRun(run: unknown): string {
  return textAt(run, 'metadata', 'name') ?? '';
}

/** Phases of a Backup that made nothing (velero pkg/apis/velero/v1 BackupPhase). */
const MADE_NOTHING: readonly string[] = ['Failed', 'FailedValidation'];

/** Whether a run has ended without having made anything: a Job that is Failed, a Backup of which nothing is there. */
export function hasFailed(run: unknown): boolean {
  return (
    textAt(conditionAt(run, 'Failed'), 'status') === 'True' ||
    MADE_NOTHING.includes(textAt(run, 'status', 'phase') ?? '')
  );
}

function cronJobStands(cronJob: unknown): Standing | undefined {
  return isTrueAt(cronJob, 'spec', 'suspend') ? { state: 'suspended', why: 'it is suspended' } : undefined;
}

/** What a person asked for may have been meant for that moment: only what a Schedule asks for every day is asked for again. */
function backupStands(backup: unknown, schedule: unknown): Standing | undefined {
  const name = stringMapAt(backup, 'metadata', 'labels').get(SCHEDULE_LABEL);
  if (name === undefined) return { state: 'by-hand', why: 'no Schedule made it: make it again as you made it' };
  if (schedule === undefined) return { state: 'gone', why: `its Schedule ${name} is gone` };
  return isTrueAt(schedule, 'spec', 'paused')
    ? { state: 'suspended', why: `its Schedule ${name} is paused` }
    : undefined;
}

/** Those of some objects that a controller owns (metadata.ownerReferences), by its UID. */
export function ownedBy(owner: unknown, objects: readonly unknown[]): readonly unknown[] {
  const uid = textAt(owner, 'metadata', 'uid');
  return objects.filter((object) =>
    listAt(object, 'metadata', 'ownerReferences').some((reference) => textAt(reference, 'uid') === uid),
  );
}
