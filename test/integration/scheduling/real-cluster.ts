import { connectCluster } from '../../../shared/cluster/live/connect.ts';
import { at, conditionAt, listAt, numberAt, textAt } from '../../../shared/facts/json.ts';
import { nodeFromObject, type NodeFacts } from '../../../shared/facts/node.ts';
import { UNSCHEDULABLE_TAINT } from '../../../shared/labels.ts';
import type { CallApi } from '../../control-plane/api.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { SCENES } from './cluster-nodes.ts';
import type { PlacedSpec } from './pod-specs.ts';
import { firstWords } from './first-words.ts';

const NODES = '/api/v1/nodes';
const NAMESPACES = '/api/v1/namespaces';
const NAMESPACE = 'reach';
const PODS = `${NAMESPACES}/${NAMESPACE}/pods`;
const DAEMON_SETS = `/apis/apps/v1/namespaces/${NAMESPACE}/daemonsets`;

/** A pod stays as it was scheduled: nobody starts it, which would only be more writes. */
const NEVER_MS = 24 * 60 * 60_000;

/** Room for every pod of the comparison on each node, so that no pod is kept off by the others. */
const ROOM_FOR_PODS = '20000';

/** A control plane with the nodes of the comparison, and where it puts things. */
export interface RealCluster {
  /** The nodes as the API server has them now. */
  nodes(): Promise<readonly NodeFacts[]>;
  /** The node that the scheduler binds a pod to; undefined where it says that none will do. */
  placeOfPod(spec: PlacedSpec): Promise<string | undefined>;
  /** The nodes that the DaemonSet controller makes pods of this template for, sorted. */
  placesOfDaemonSet(spec: PlacedSpec): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Starts it, and waits until the controllers have tainted the nodes as they will stay. */
export async function startRealCluster(): Promise<RealCluster> {
  const nodes = SCENES.map(({ node }) => ({ ...node, pods: ROOM_FOR_PODS }));
  const plane = await startControlPlane({ nodes, podReadyMs: NEVER_MS });
  const cluster = await connectCluster({ kubeconfig: plane.kubeconfig, env: process.env, userAgent: 'reach-test' });
  const stopping = new AbortController();
  const follow = <T>(path: string, read: (object: unknown) => T | undefined) =>
    firstWords(cluster, path, { read, signal: stopping.signal });
  const send = sender(plane.api);

  const account = follow(`${NAMESPACES}/${NAMESPACE}/serviceaccounts`, () => true);
  const settled = follow(NODES, ifTrue(isSettled));
  await send('POST', NAMESPACES, { metadata: { name: NAMESPACE } });
  const cordoned = SCENES.filter((scene) => scene.cordoned === true);
  await Promise.all(
    cordoned.map(({ node }) => send('PATCH', `${NODES}/${node.name}`, { spec: { unschedulable: true } })),
  );
  await Promise.all([account('default'), ...nodes.map(({ name }) => settled(name))]);

  const scheduled = follow(PODS, answerOfScheduler);
  const complete = follow(DAEMON_SETS, ifTrue(isComplete));
  let count = 0;
  return {
    nodes: async () => {
      const items = listAt(await send('GET', NODES), 'items');
      return items.map(nodeFromObject).filter((node) => node !== undefined);
    },
    placeOfPod: async (spec) => {
      const name = `pod-${(count += 1)}`;
      await send('POST', PODS, { metadata: { name }, spec: podSpec(spec) });
      return (await scheduled(name)).node;
    },
    placesOfDaemonSet: async (spec) => {
      const name = `set-${(count += 1)}`;
      await send('POST', DAEMON_SETS, daemonSet(name, spec));
      await complete(name);
      const pods = listAt(await send('GET', `${PODS}?labelSelector=app%3D${name}`), 'items');
      return pods.map(placeOfDaemonPod).sort();
    },
    stop: async () => {
      stopping.abort();
      cluster.close();
      await plane.stop();
    },
  };
}

function sender(api: CallApi): (method: string, path: string, body?: object) => Promise<unknown> {
  return async (method, path, body) => {
    const answer = await api(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}, asked ${JSON.stringify(body)}`);
  };
}

function podSpec(spec: PlacedSpec): object {
  return { ...spec, containers: [{ name: 'main', image: 'main' }], terminationGracePeriodSeconds: 0 };
}

function daemonSet(name: string, spec: PlacedSpec): object {
  const labels = { app: name };
  return {
    metadata: { name },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec(spec) } },
  };
}

function ifTrue(holds: (object: unknown) => boolean): (object: unknown) => true | undefined {
  return (object) => (holds(object) ? true : undefined);
}

/** The controllers have written the taints that follow from a cordon and from silence. */
function isSettled(node: unknown): boolean {
  const scene = SCENES.find((each) => each.node.name === textAt(node, 'metadata', 'name'));
  const has = (key: string, effect: string) =>
    listAt(node, 'spec', 'taints').some((taint) => textAt(taint, 'key') === key && textAt(taint, 'effect') === effect);
  const isGone =
    has('node.kubernetes.io/unreachable', 'NoSchedule') && has('node.kubernetes.io/unreachable', 'NoExecute');
  return (
    (scene?.cordoned !== true || has(UNSCHEDULABLE_TAINT, 'NoSchedule')) && (scene?.node.silent !== true || isGone)
  );
}

/** Undefined until the scheduler has answered; any trouble of its own is no answer. */
function answerOfScheduler(pod: unknown): { node: string | undefined } | undefined {
  const node = textAt(pod, 'spec', 'nodeName') ?? '';
  if (node !== '') return { node };
  const isRefused = textAt(conditionAt(pod, 'PodScheduled'), 'reason') === 'Unschedulable';
  return isRefused ? { node: undefined } : undefined;
}

function isComplete(set: unknown): boolean {
  const number = (field: string) => numberAt(set, 'status', field);
  return number('observedGeneration') === 1 && number('currentNumberScheduled') === number('desiredNumberScheduled');
}

/** The controller writes the node's name into the affinity of the pod that it makes for it. */
function placeOfDaemonPod(pod: unknown): string {
  const required = at(pod, 'spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution');
  const [field] = listAt(listAt(required, 'nodeSelectorTerms')[0], 'matchFields');
  const [name] = listAt(field, 'values');
  if (typeof name !== 'string') throw new Error(`a DaemonSet's pod for no node: ${JSON.stringify(pod)}`);
  return name;
}
