import type { V1ConfigMap } from '@kubernetes/client-node';
import {
  clean,
  collectionPath,
  isForbidden,
  MAX_TEXT,
  MaintError,
  objectPath,
  OWNER_ANNOTATION,
  podPath,
  podsPath,
  readAll,
  RUN_LABEL,
  textAt,
  type ApiAnswer,
  type Cluster,
  type Written,
} from '../../../../shared/index.ts';
import { podNameFor } from './pod.ts';
import { endOf, podState, type PodState } from './pod-state.ts';

const CONFIG_MAPS = 'v1/configmaps';

/** Makes a ConfigMap; one of the same name is an earlier run's, whose pod is gone, and gives way. Throws MaintError. */
export async function makeConfigMap(object: Written<V1ConfigMap>, cluster: Cluster): Promise<void> {
  const { name = '', namespace = '' } = object.metadata ?? {};
  const create = () => cluster.send({ method: 'POST', path: collectionPath(CONFIG_MAPS, namespace), body: object });
  let answer = await create();
  if (answer.status === EXISTS) {
    await removeConfigMap(namespace, name, cluster);
    answer = await create();
  }
  if (answer.status >= 300) throw notMade('the ConfigMap of the script', answer);
}

/** 409 to a CREATE. */
const EXISTS = 409;

/** Removes the ConfigMap of a pod. */
export async function removeConfigMap(namespace: string, name: string, cluster: Cluster): Promise<void> {
  await cluster.send({ method: 'DELETE', path: objectPath(CONFIG_MAPS, namespace, name) });
}

/** An object that the API server refused. */
function notMade(what: string, { status, body }: ApiAnswer): MaintError {
  const why = clean(textAt(body, 'message') ?? `status ${status}`, MAX_SAID);
  return new MaintError(
    status === EXISTS || isForbidden({ status }) ? 'denied' : 'cluster',
    `${what} is refused: ${why}`,
  );
}

/** Longest message of the API server in a line, in characters: what Pod Security finds takes some hundred. */
const MAX_SAID = 600;

/** Makes a pod; undefined where there is one of its name. Throws MaintError. */
export async function makePod(pod: object, namespace: string, cluster: Cluster): Promise<PodState | undefined> {
  const answer = await cluster.send({ method: 'POST', path: podsPath(namespace), body: pod });
  if (answer.status === EXISTS) return undefined;
  if (answer.status >= 300) throw notMade('the pod of the command', answer);
  return podState(answer.body);
}

/** Asks for a pod's end: SIGTERM, and SIGKILL after so many seconds, the pod's own where none are named. Another one of its name stays. */
export async function removePod(
  { namespace, node, uid }: { readonly namespace: string; readonly node: string; readonly uid: string },
  graceS: number | undefined,
  cluster: Cluster,
): Promise<ApiAnswer> {
  const grace = graceS === undefined ? {} : { gracePeriodSeconds: graceS };
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', ...grace, preconditions: { uid } };
  return cluster.send({ method: 'DELETE', path: podPath(namespace, podNameFor(node)), body });
}

/** A pod that another run has left, or still watches. */
export interface LeftPod {
  readonly name: string;
  readonly node: string;
  readonly owner: string;
  readonly since: string;
  readonly state: PodState;
}

/** Pods of runs in a namespace. */
export async function podsOfRuns(namespace: string, cluster: Cluster): Promise<readonly LeftPod[]> {
  const query = { labelSelector: RUN_LABEL };
  return readAll(cluster, { path: podsPath(namespace), query }, leftPod);
}

/** The pod on a node, whoever made it. */
export async function podOn(node: string, namespace: string, cluster: Cluster): Promise<LeftPod | undefined> {
  const object = await cluster.get(podPath(namespace, podNameFor(node)));
  return object === undefined ? undefined : leftPod(object);
}

function leftPod(object: unknown): LeftPod {
  const text = (...path: readonly string[]): string => clean(textAt(object, ...path) ?? '', MAX_TEXT);
  return {
    name: text('metadata', 'name'),
    node: text('spec', 'nodeName'),
    owner: text('metadata', 'annotations', OWNER_ANNOTATION),
    since: text('metadata', 'creationTimestamp'),
    state: podState(object),
  };
}

/** What a run has left whose command is over. */
export function leftInWords({ name, since, owner, state }: LeftPod): string {
  const how = endOf(state, undefined)?.words ?? 'was never begun';
  return `the command of an earlier run of ${owner} ${how}; its pod ${name}, left since ${since}, is removed`;
}

/** Refuses where a command of another run is not over: it would run beside ours. */
export function refuseRunning({ name, node, owner, since, state }: LeftPod, namespace: string): void {
  if (state.step === 'ended' && !state.isDeleting) return;
  const whose = owner === '' ? 'another run' : `a run of ${owner}`;
  throw new MaintError(
    'denied',
    `node ${node} runs the command of ${whose} since ${since}: pod ${name} in namespace ${namespace}`,
    {
      hint: `to see it: kubectl logs -f -n ${namespace} ${name}; to end it where its run is gone: kubectl delete pod -n ${namespace} ${name}`,
    },
  );
}
