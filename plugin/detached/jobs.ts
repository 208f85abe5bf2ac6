import {
  COMMAND_LINE_ANNOTATION,
  DETACHED_LABEL,
  REQUESTED_BY_ANNOTATION,
  collectionPath,
  isTrueAt,
  listAt,
  numberAt,
  readAll,
  textAt,
  type ClusterReader,
} from '../../shared/index.ts';
import { CONTAINER } from './names.ts';

/** How far a Job has come. `paused`: somebody has suspended it. */
export type JobState = 'runs' | 'paused' | 'done' | 'failed';

/** A Job that carries an operation out. */
export interface JobFacts {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly requestedBy: string;
  readonly commandLine: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly state: JobState;
  /** Why it has failed, in Kubernetes' words. */
  readonly why: string | undefined;
}

/** The Jobs of a namespace; an empty one stands for all. */
export function jobsPath(namespace: string): string {
  return collectionPath('batch/v1/jobs', namespace);
}

/** A Job object as facts; undefined where it is none of ours. */
export function jobFacts(object: unknown): JobFacts | undefined {
  const meta = (...path: readonly string[]): string => textAt(object, 'metadata', ...path) ?? '';
  if (meta('labels', DETACHED_LABEL) === '') return undefined;
  const failed = conditionOf(object, 'Failed') ?? conditionOf(object, 'FailureTarget');
  return {
    namespace: meta('namespace'),
    name: meta('name'),
    uid: meta('uid'),
    requestedBy: meta('annotations', REQUESTED_BY_ANNOTATION),
    commandLine: meta('annotations', COMMAND_LINE_ANNOTATION),
    createdAt: meta('creationTimestamp'),
    state: stateOf(object),
    why: textAt(failed, 'message'),
  };
}

function stateOf(job: unknown): JobState {
  if (conditionOf(job, 'Complete') !== undefined) return 'done';
  if (conditionOf(job, 'Failed') !== undefined) return 'failed';
  return isTrueAt(job, 'spec', 'suspend') ? 'paused' : 'runs';
}

function conditionOf(object: unknown, type: string): unknown {
  return listAt(object, 'status', 'conditions').find(
    (one) => textAt(one, 'type') === type && textAt(one, 'status') === 'True',
  );
}

/** Every Job of ours in a namespace, the youngest last. Throws ClusterRefusal. */
export async function listJobs(namespace: string, cluster: ClusterReader): Promise<readonly JobFacts[]> {
  const query = { labelSelector: DETACHED_LABEL };
  const jobs = await readAll(cluster, { path: jobsPath(namespace), query }, jobFacts);
  return jobs.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
}

/** A pod of such a Job. */
export interface JobPod {
  readonly uid: string;
  readonly name: string;
  readonly node: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** Whether its program has begun. */
  readonly hasBegun: boolean;
  /** The program's exit code once it has ended; `lost` where it ended without one. */
  readonly exitCode: number | 'lost' | undefined;
  /** Why it was taken away (k8s core/v1 DisruptionTarget), where it was. */
  readonly moved: string | undefined;
}

/** A Pod object as facts. */
export function jobPod(object: unknown): JobPod | undefined {
  const uid = textAt(object, 'metadata', 'uid');
  if (uid === undefined) return undefined;
  const container = listAt(object, 'status', 'containerStatuses').find((one) => textAt(one, 'name') === CONTAINER);
  const code = numberAt(container, 'state', 'terminated', 'exitCode');
  const phase = textAt(object, 'status', 'phase');
  const hasEnded = phase === 'Succeeded' || phase === 'Failed';
  const disruption = conditionOf(object, 'DisruptionTarget');
  return {
    uid,
    name: textAt(object, 'metadata', 'name') ?? '',
    node: textAt(object, 'spec', 'nodeName') ?? '',
    createdAt: textAt(object, 'metadata', 'creationTimestamp') ?? '',
    hasBegun: textAt(container, 'state', 'running', 'startedAt') !== undefined || code !== undefined,
    exitCode: code ?? (hasEnded ? 'lost' : undefined),
    moved: textAt(disruption, 'reason'),
  };
}

/** Selects the pods of a Job (k8s batch/v1 ControllerUidLabel). */
export function podsOf({ uid }: JobFacts): { readonly labelSelector: string } {
  return { labelSelector: `batch.kubernetes.io/controller-uid=${uid}` };
}
