import {
  collectionPath,
  conditionAt,
  isNotFound,
  MaintError,
  objectPath,
  refusalFromAnswer,
  textAt,
  type Cluster,
  FIELD_MANAGER,
} from '../../../shared/index.ts';
import type { WaitPorts } from '../../session/wait.ts';
import { digestOf } from '../record/digest.ts';
import { stepTitle } from '../record/record.ts';
import type { ActionOf } from '../hook.ts';
import type { Undo } from '../record/undo.ts';
import { filled, filledText } from '../template.ts';
import type { StepPorts } from './step.ts';

/** How often a Job is looked at, in ms. */
const LOOK_EVERY_MS = 1000;

const JOBS = 'batch/v1/jobs';

/** A Job of a step or of its inverse. */
export interface MadeJob {
  readonly namespace: string;
  readonly job: unknown;
}

/** The Job that an action asks for, filled in. Its name is the same each time that this maintenance asks for it. */
export function jobFor({ namespace, spec }: ActionOf<'job'>, role: 'step' | 'inverse', ports: StepPorts): MadeJob {
  const { key, variables, maintenance } = ports;
  const name = `kubectl-maint-${digestOf({ key, node: variables.node, maintenance, role })}`;
  const labels = { 'app.kubernetes.io/managed-by': 'kubectl-maint' };
  const annotations = { 'kubectl-maint.io/hook': stepTitle(key), 'kubectl-maint.io/node': variables.node };
  const within = filledText(namespace, variables);
  const metadata = { name, namespace: within, labels, annotations };
  return {
    namespace: within,
    job: { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: filled(spec, variables) },
  };
}

/** What takes a Job away. */
export function deletionOf({ namespace, job }: MadeJob): Undo {
  const name = textAt(job, 'metadata', 'name') ?? '';
  return { kind: 'delete', path: objectPath(JOBS, namespace, name), title: `job/${name} (namespace ${namespace})` };
}

/** What runs a Job takes. */
interface JobPorts extends WaitPorts {
  readonly cluster: Cluster;
}

/** Makes a Job, or finds the one that was made before, and waits until it is complete. Throws MaintError. */
export async function runJob(made: MadeJob, ports: JobPorts): Promise<void> {
  const { cluster, clock, signal } = ports;
  const name = textAt(made.job, 'metadata', 'name') ?? '';
  const path = objectPath(JOBS, made.namespace, name);
  await create(made, path, ports);
  for (;;) {
    const job = await cluster.get(path, { signal });
    if (job === undefined) throw new MaintError('gave-up', `job ${made.namespace}/${name} was deleted`);
    if (isTrue(job, 'Complete')) return;
    if (isTrue(job, 'Failed')) {
      const why = textAt(conditionAt(job, 'Failed'), 'message') ?? '';
      throw new MaintError('gave-up', `job ${made.namespace}/${name} has failed: ${why}`, {
        hint: `kubectl logs -n ${made.namespace} job/${name}`,
      });
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) throw new MaintError('gave-up', `job ${made.namespace}/${name} is not complete`);
  }
}

/** One that has failed before makes room for a new one; one that goes on is the one that is wanted. */
async function create({ namespace, job }: MadeJob, path: string, { cluster, clock, signal }: JobPorts): Promise<void> {
  const request = {
    method: 'POST' as const,
    path: collectionPath(JOBS, namespace),
    query: { fieldManager: FIELD_MANAGER },
    body: job,
    signal,
  };
  for (;;) {
    const answer = await cluster.send(request);
    if (answer.status < 300) return;
    if (answer.status !== ALREADY_EXISTS) throw refusalFromAnswer(answer);
    const there = await cluster.get(path, { signal });
    if (there !== undefined && !isGoing(there)) {
      if (!isTrue(there, 'Failed')) return;
      await deleteObject(path, { cluster, signal });
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) throw new MaintError('gave-up', `an earlier job does not make room: ${path}`);
  }
}

const ALREADY_EXISTS = 409;

function isGoing(job: unknown): boolean {
  return textAt(job, 'metadata', 'deletionTimestamp') !== undefined;
}

function isTrue(job: unknown, type: string): boolean {
  return textAt(conditionAt(job, type), 'status') === 'True';
}

/** Deletes an object, with what it owns; one that is gone needs none. Throws ClusterRefusal. */
export async function deleteObject(
  path: string,
  { cluster, signal }: Pick<JobPorts, 'cluster' | 'signal'>,
): Promise<void> {
  const answer = await cluster.send({ method: 'DELETE', path, query: { propagationPolicy: 'Background' }, signal });
  if (answer.status >= 300 && !isNotFound(answer)) throw refusalFromAnswer(answer);
}
