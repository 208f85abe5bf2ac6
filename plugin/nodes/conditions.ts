import {
  conditionAt,
  fieldsAt,
  isInMaintenance,
  listAt,
  nodeStatusPath,
  refusalFromAnswer,
  textAt,
  type ApiRequest,
  type Cluster,
  type NodeFacts,
  FIELD_MANAGER,
} from '../../shared/index.ts';
import { snapshotFromObject, type NodeSnapshot } from './snapshot.ts';
import { compareAndSwap } from './write.ts';

/** Condition types of KEP-5683 (Node Lifecycle Conditions). */
export const OUR_CONDITIONS = ['MaintenanceInProgress', 'DrainInProgress', 'Drained'] as const;
export type ConditionType = (typeof OUR_CONDITIONS)[number];

/** A condition that is to be set; its times are added when it is written. */
export interface ConditionChange {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** How often a run tells a node that it goes on there, in ms: one write to the Node, as its kubelet makes some of them, too. */
export const RUN_SIGN_MS = 60_000;

/** Longest message on the Node, in characters: `kubectl describe node` shows it in one table cell. */
export const MAX_CONDITION_MESSAGE = 512;

/** Conditions that are to be written. */
export interface ConditionWrite {
  readonly node: NodeSnapshot;
  readonly changes: readonly ConditionChange[];
  /** Whether they still are, for the Node as it is: whoever has ended the maintenance meanwhile wants no trace of it. */
  readonly isWanted: (node: NodeFacts) => boolean;
  /** RFC 3339. */
  readonly now: string;
}

/**
 * Sets conditions on a Node's status, by compare-and-swap. Returns the Node as written, or `unwanted` where nothing was.
 * Throws ClusterRefusal, or MaintError.
 */
export async function setConditions(
  { node, changes, isWanted, now }: ConditionWrite,
  cluster: Cluster,
): Promise<NodeSnapshot | 'unwanted'> {
  return patchConditions(node, cluster, (fresh) => (isWanted(fresh.facts) ? timed(changes, fresh, now) : undefined));
}

/** Says that the maintenance is still seen to: the condition stays as it is, told now (RFC 3339). Throws as `setConditions`. */
export async function renewMaintenance(
  { node, isWanted, now }: Omit<ConditionWrite, 'changes'>,
  cluster: Cluster,
): Promise<void> {
  await patchConditions(node, cluster, (fresh) => {
    const told = conditionAt(fresh.raw, 'MaintenanceInProgress');
    return told !== undefined && isWanted(fresh.facts) ? [{ ...fieldsAt(told), lastHeartbeatTime: now }] : undefined;
  });
}

/** A condition that keeps its status keeps its transition time, too. */
function timed(changes: readonly ConditionChange[], node: NodeSnapshot, now: string): readonly object[] {
  const before = conditionStatuses(node.raw);
  return changes.map((change) => ({
    ...change,
    message: change.message.slice(0, MAX_CONDITION_MESSAGE),
    lastHeartbeatTime: now,
    ...(before.get(change.type) === change.status ? {} : { lastTransitionTime: now }),
  }));
}

/** The status of each condition of a Node object, by type. */
export function conditionStatuses(node: unknown): ReadonlyMap<string, string> {
  return new Map(
    listAt(node, 'status', 'conditions').map((condition) => [
      textAt(condition, 'type') ?? '',
      textAt(condition, 'status') ?? '',
    ]),
  );
}

/** Removes our conditions, unless the node is in maintenance anew: without one they say nothing. */
export async function removeConditions(node: NodeSnapshot, cluster: Cluster): Promise<void> {
  const gone = OUR_CONDITIONS.map((type) => ({ $patch: 'delete', type }));
  await patchConditions(node, cluster, ({ facts }) => (isInMaintenance(facts) ? undefined : gone));
}

/** A strategic merge patch merges conditions by type (k8s api core/v1 NodeStatus, patchMergeKey=type). */
async function patchConditions(
  node: NodeSnapshot,
  cluster: Cluster,
  conditionsFor: (node: NodeSnapshot) => readonly object[] | undefined,
): Promise<NodeSnapshot | 'unwanted'> {
  const requestFor = (fresh: NodeSnapshot): ApiRequest | undefined => {
    const conditions = conditionsFor(fresh);
    if (conditions === undefined) return undefined;
    return {
      method: 'PATCH',
      path: nodeStatusPath(node.facts.name),
      query: { fieldManager: FIELD_MANAGER },
      contentType: 'application/strategic-merge-patch+json',
      body: { metadata: { resourceVersion: fresh.resourceVersion }, status: { conditions } },
    };
  };
  const { current, answer } = await compareAndSwap(node, requestFor, cluster);
  if (answer === undefined) return 'unwanted';
  if (answer.status >= 300) throw refusalFromAnswer(answer);
  return snapshotFromObject(answer.body) ?? current;
}
