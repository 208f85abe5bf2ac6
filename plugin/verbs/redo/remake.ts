import { at, collectionPath, fieldsAt, isTrueAt, textAt, type ApiRequest } from '../../../shared/index.ts';
import type { RefusedWork } from './refused-work.ts';
import { SCHEDULE_LABEL } from './standing.ts';

/** What makes up for refused work: one object, by its kind and name as kubectl writes them, and the call that makes it. */
export interface Remake {
  readonly what: string;
  readonly request: ApiRequest;
}

/** Longest name of a Job (k8s: its pods carry it as a label), and what is left of it before our own end, in characters. */
const MAX_NAME = 63;

/** The same for the same refusal, so that it is made up for once, whoever asks; another one after so many runs that have failed. */
function nameFor(maker: string, { lastAt }: RefusedWork, failed: number): string {
  const again = failed === 0 ? '' : `-${failed + 1}`;
  const end = `-redo-${Math.floor(Date.parse(lastAt) / 1000).toString(36)}${again}`;
  return `${maker.slice(0, MAX_NAME - end.length).replace(/[^a-z0-9]+$/, '')}${end}`;
}

/** A Job from a CronJob, as `kubectl create job --from` makes it (kubectl pkg/cmd/create/create_job.go). Pure. */
export function jobFrom(cronJob: unknown, work: RefusedWork, failed = 0): Remake {
  const { namespace } = work;
  const name = nameFor(work.name, work, failed);
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
    what: `job.batch/${name}`,
    request: { method: 'POST', path: collectionPath('batch/v1/jobs', namespace), body },
  };
}

/** A Backup from its Schedule, as `velero backup create --from-schedule` makes it (velero pkg/builder/backup_builder.go). Pure. */
export function backupFrom(schedule: unknown, work: RefusedWork, failed = 0): Remake {
  const { namespace } = work;
  const maker = textAt(schedule, 'metadata', 'name') ?? '';
  const name = nameFor(maker, work, failed);
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
    what: `backup.velero.io/${name}`,
    request: { method: 'POST', path: collectionPath('velero.io/v1/backups', namespace), body },
  };
}
