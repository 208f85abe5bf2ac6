import {
  amountsAt,
  collectionPath,
  listAt,
  nodeFromObject,
  NODES,
  numberAt,
  textAt,
  type Cluster,
  type NodeFacts,
  type PodFacts,
  readAll,
  isForbidden,
} from '../../shared/index.ts';
import type { Budgets } from '../drain/budgets.ts';
import type { DrainPlan } from '../drain/plan.ts';
import type { PodsByNode } from '../drain/pods-by-node.ts';
import type { WorkInside } from '../drain/work-inside.ts';
import { workloadsOf, type Workload } from '../drain/workloads.ts';
import type { MaintenanceRequest } from './required-rights.ts';
import type { PolicyInForce } from '../policy/in-force.ts';
import { rightsFor } from './required-rights.ts';
import { readNamed } from './read-named.ts';
import { missingRights, type OwnRule, type Right } from './rights.ts';
import { isMadeAgain } from './moving.ts';
import { findRoom } from './room.ts';
import type { ClusterNode, OwnerHealth, Room, Survey } from './survey.ts';
import { readVolumes } from './volumes.ts';

/** What the survey starts from. */
export interface SurveyInputs {
  readonly operation: MaintenanceRequest;
  readonly chosen: readonly NodeFacts[];
  readonly plans: readonly DrainPlan[];
  readonly budgets: Budgets;
  readonly outOfTurn: Promise<Survey['outOfTurn']>;
  readonly inside: Pick<WorkInside, 'unknown'>;
  readonly inForce: PolicyInForce;
  readonly rules: Promise<readonly OwnRule[]>;
  /** What hooks take. */
  readonly hookRights: readonly Right[];
  readonly awaitedData: Survey['awaitedData'];
  readonly nodes: Promise<Survey['nodes']>;
  readonly endOf: Survey['endOf'];
  readonly leastEndOf: Survey['leastEndOf'];
  readonly now: number;
  readonly pods: () => Promise<PodsByNode>;
  readonly nodeClaims: Promise<Survey['nodeClaims']>;
  readonly data: Promise<Survey['data']>;
  readonly movedByCordon: Promise<Survey['movedByCordon']>;
  readonly cluster: Cluster;
}

/** Reads everything that the checks look at. Nothing is written. Throws ClusterRefusal where the API server fails. */
export async function readSurvey(inputs: SurveyInputs): Promise<Survey> {
  const { operation, chosen, plans, budgets, inside, inForce, rules, nodes, pods, now, data, cluster } = inputs;
  const { endOf, leastEndOf } = inputs;
  const moving = plans.flatMap(({ evict }) => evict);
  // A budget keeps up nothing that is deleted.
  const budgetsOf = (pod: PodFacts) => (operation.drain.disableEviction ? [] : budgets.covering(pod));
  const [all, nodeClaims, outOfTurn, owners, room, rights, answers, movedByCordon] = await Promise.all([
    nodes,
    inputs.nodeClaims,
    inputs.outOfTurn,
    readOwners(moving, budgetsOf, cluster),
    nodes.then((known) => readRoom({ chosen, plans }, known, { pods, cluster })),
    missingRights([...rightsFor(operation, chosen, plans), ...inputs.hookRights], cluster, rules),
    data,
    inputs.movedByCordon,
  ]);
  return {
    chosen,
    plans,
    movedByCordon,
    nodes: all,
    budgetsOf,
    outOfTurn,
    nodeClaims,
    endOf,
    leastEndOf,
    now,
    unknownInside: inside.unknown,
    owners,
    room,
    missingRights: rights,
    registered: registeredBy(inForce),
    pace: operation.pace,
    allowLastNode: operation.allowLastNode,
    data: answers,
    acceptedLoss: operation.acceptedLoss,
    awaitedData: inputs.awaitedData,
  };
}

/** Undefined without the right to list nodes: then nothing is known of the others. */
export async function readNodes(cluster: Cluster): Promise<readonly ClusterNode[] | undefined> {
  return unlessForbidden(() => readAll(cluster, { path: NODES }, clusterNode));
}

/** Undefined where the caller may not. */
export async function unlessForbidden<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (isForbidden(thrown)) return undefined;
    throw thrown;
  }
}

/** A Node object as a place for pods; undefined where it is none. */
export function clusterNode(object: unknown): ClusterNode | undefined {
  const facts = nodeFromObject(object);
  return facts && { facts, allocatable: amountsAt(object, 'status', 'allocatable'), virtual: isVirtual(facts) };
}

/** virtual-kubelet's own label and taint, and Liqo's label: behind them stands another service or cluster, not a machine. */
function isVirtual({ labels, taints }: NodeFacts): boolean {
  return (
    labels.get('type') === 'virtual-kubelet' ||
    labels.get('liqo.io/type') === 'virtual-node' ||
    taints.some(({ key }) => key === 'virtual-kubelet.io/provider')
  );
}

/** Only of workloads that no budget keeps up: the others will not be down. */
async function readOwners(
  pods: readonly PodFacts[],
  budgetsOf: Survey['budgetsOf'],
  cluster: Cluster,
): Promise<ReadonlyMap<string, OwnerHealth>> {
  const isKeptUp = (pod: PodFacts): boolean => budgetsOf(pod).some(({ needed }) => needed > 0);
  const wanted = workloadsOf(pods.filter((pod) => !isKeptUp(pod)));
  const collections = Map.groupBy(wanted, ({ resource, namespace }) => collectionPath(resource, namespace));
  const found = await Promise.all([...collections.values()].map((some) => readHealth(some, cluster)));
  return new Map(found.flat());
}

/** From so many on, one list of a namespace's workloads is less work for the API server than a call for each. */
const LIST_FROM = 3;

/** Workloads of one collection. */
async function readHealth(
  some: readonly Workload[],
  cluster: Cluster,
): Promise<readonly (readonly [uid: string, health: OwnerHealth])[]> {
  const [first] = some;
  if (first === undefined) return [];
  const names = new Set(some.map(({ name }) => name));
  const found = await readNamed({ ...first, listFrom: LIST_FROM }, names, cluster);
  return some.flatMap((workload) => {
    const object = found.get(workload.name);
    // One of the same name that was made since owns none of these pods.
    if (textAt(object, 'metadata', 'uid') !== workload.uid) return [];
    const ready = numberAt(object, 'status', 'readyReplicas') ?? 0;
    const nodeName = textAt(object, 'spec', 'template', 'spec', 'nodeName') ?? '';
    return [[workload.uid, { title: titleOf(object, workload), ready, nodeName }] as const];
  });
}

/** People know the Deployment, not its ReplicaSet. */
function titleOf(object: unknown, { kind, namespace, name }: Workload): string {
  const deployment = listAt(object, 'metadata', 'ownerReferences').find(
    (owner) => textAt(owner, 'kind') === 'Deployment',
  );
  const title = textAt(deployment, 'name');
  return title === undefined ? `${kind} ${namespace}/${name}` : `Deployment ${namespace}/${title}`;
}

const NOWHERE: Room = { moving: 0, without: [], nowhere: new Map(), foreign: 0, looked: 0, candidates: 0 };

/** Pods that nobody makes again need no room. */
async function readRoom(
  { chosen, plans }: Pick<Survey, 'chosen' | 'plans'>,
  nodes: readonly ClusterNode[] | undefined,
  { pods, cluster }: Pick<SurveyInputs, 'pods' | 'cluster'>,
): Promise<Room> {
  if (nodes === undefined) return NOWHERE;
  const byName = new Map(nodes.map((node) => [node.facts.name, node]));
  const again = plans.flatMap(({ node, evict }) => evict.filter(isMadeAgain).map((pod) => ({ pod, node })));
  const volumes = await readVolumes(
    again.map(({ pod }) => pod),
    cluster,
  );
  const moving = again.map(({ pod, node }) => ({
    pod,
    from: byName.get(node),
    volumes: volumes.get(pod.uid) ?? [],
  }));
  const names = new Set(chosen.map(({ name }) => name));
  const others = nodes.filter(({ facts }) => !names.has(facts.name));
  const byNode = await pods();
  return findRoom(moving, others, (node) => byNode.read(node));
}

/** That the webhook refuses is tried out after the mark. */
function registeredBy({ source }: PolicyInForce): Survey['registered'] {
  if (source.from === 'unreadable') return 'unknown';
  return source.from === 'unregistered' ? 'no' : 'yes';
}
