import { at, collectionPath, fieldsAt, isTrueAt, textAt, type ApiRequest } from '../../../shared/index.ts';
import type { RefusedWork } from './refused-work.ts';
import { SCHEDULE_LABEL } from './standing.ts';

/** What makes up for refused work: one object, by its name and as kubectl writes it with its kind, and the call that makes it. */
export interface Remake {
  readonly name: string;
  readonly what: string;
  readonly request: ApiRequest;
}

/** Longest name of a Job (k8s: its pods carry it as a label), and what is left of it before our own end, in characters. */
const MAX_NAME = 63;

/** Names that are tried: one may be taken meanwhile by a run that failed, or by one of another CronJob whose name begins alike. */
const MAX_TRIED = 5;

/** What makes up for a run of a CronJob or of a Schedule, by each of the names that are tried in turn. Pure. */
export function remakesFrom(maker: unknown, work: RefusedWork, runs: readonly unknown[]): readonly Remake[] {
  const from = work.kind === 'CronJob' ? jobFrom : backupFrom;
  const next = highestNumber(work, runs) + 1;
  return Array.from({ length: MAX_TRIED }, (_, tried) => from(maker, work, next + tried));
}

/** The same for the same refusal, so that it is made up for once, whoever asks; numbered from the second on, where others failed. */
function nameFor(maker: string, work: RefusedWork, number: number): string {
  const end = `${endFor(work)}${number === 1 ? '' : `-${number}`}`;
  return `${maker.slice(0, MAX_NAME - end.length).replace(/[^a-z0-9]+$/, '')}${end}`;
}

function endFor({ lastAt }: RefusedWork): string {
  return `-redo-${Math.floor(Date.parse(lastAt) / 1000).toString(36)}`;
}

/** The highest number among the runs that are there; 0 where none is. How many they are tells nothing: a CronJob keeps one that failed. */
function highestNumber(work: RefusedWork, runs: readonly unknown[]): number {
  const ours = new RegExp(`${endFor(work)}(?:-(\\d{1,6}))?$`);
  const numbers = runs.map((run) => {
    const found = ours.exec(textAt(run, 'metadata', 'name') ?? '');
    return found === null ? 0 : Number(found[1] ?? 1);
  });
  return Math.max(0, ...numbers);
}

/** A Job from a CronJob, as `kubectl create job --from` makes it (kubectl pkg/cmd/create/create_job.go). */
function jobFrom(cronJob: unknown, work: RefusedWork, number: number): Remake {
  const { namespace } = work;
  const name = nameFor(work.name, work, number);
  const template = at(cronJob, 'spec', 'jobTemplate');
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: work.name, uid: textAt(cronJob, 'metadata', 'uid') };
  const body = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace,
      labels: fieldsAt(template, 'metadata', 'labels'),
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...fieldsAt(template, 'metadata', 'annotations') },
      ownerReferences: [{ ...owner, controller: true }],
    },
    spec: at(template, 'spec'),
  };
  return {
    name,
    what: `job.batch/${name}`,
    request: { method: 'POST', path: collectionPath('batch/v1/jobs', namespace), body },
  };
}

/** A Backup from its Schedule, as `velero backup create --from-schedule` makes it (velero pkg/builder/backup_builder.go). */
function backupFrom(schedule: unknown, work: RefusedWork, number: number): Remake {
  const { namespace } = work;
  const maker = textAt(schedule, 'metadata', 'name') ?? '';
  const name = nameFor(maker, work, number);
  const own = fieldsAt(schedule, 'spec', 'template', 'metadata', 'labels');
  const labels = Object.keys(own).length > 0 ? own : fieldsAt(schedule, 'metadata', 'labels');
  const isOwned = isTrueAt(schedule, 'spec', 'useOwnerReferencesInBackup');
  const owner = { apiVersion: 'velero.io/v1', kind: 'Schedule', name: maker, uid: textAt(schedule, 'metadata', 'uid') };
  const body = {
    apiVersion: 'velero.io/v1',
    kind: 'Backup',
    metadata: {
      name,
      namespace,
      labels: { ...labels, [SCHEDULE_LABEL]: maker },
      annotations: fieldsAt(schedule, 'metadata', 'annotations'),
      ...(isOwned && { ownerReferences: [{ ...owner, controller: true }] }),
    },
    spec: at(schedule, 'spec', 'template'),
  };
  return {
    name,
    what: `backup.velero.io/${name}`,
    request: { method: 'POST', path: collectionPath('velero.io/v1/backups', namespace), body },
  };
}
