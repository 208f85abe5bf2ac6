import { ClusterRefusal, listAt, nodeStatusPath, refusalFromAnswer, textAt, type Cluster } from '../../shared/index.ts';

/** Condition types of KEP-5683 (Node Lifecycle Conditions). */
export const OUR_CONDITIONS = ['MaintenanceInProgress', 'DrainInProgress', 'Drained'] as const;
export type ConditionType = (typeof OUR_CONDITIONS)[number];

/** A condition that is to be set; its times are added when it is written. */
export interface ConditionChange {
  readonly type: ConditionType;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** Longest message on the Node, in characters: `kubectl describe node` shows it in one table cell. */
export const MAX_CONDITION_MESSAGE = 512;

/** Conditions that are to be written. */
export interface ConditionWrite {
  readonly node: string;
  readonly changes: readonly ConditionChange[];
  /** Status by type, as it is: a condition that keeps its status keeps its transition time, too. */
  readonly before: ReadonlyMap<string, string>;
  /** RFC 3339. */
  readonly now: string;
}

/** Sets conditions on a Node's status. Returns the Node as written. Throws ClusterRefusal. */
export async function setConditions(
  { node, changes, before, now }: ConditionWrite,
  cluster: Cluster,
): Promise<unknown> {
  const conditions = changes.map((change) => ({
    ...change,
    message: change.message.slice(0, MAX_CONDITION_MESSAGE),
    lastHeartbeatTime: now,
    ...(before.get(change.type) === change.status ? {} : { lastTransitionTime: now }),
  }));
  return patchConditions(node, conditions, cluster);
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

/** Removes our conditions: without a maintenance they say nothing. */
export async function removeConditions(node: string, cluster: Cluster): Promise<void> {
  await patchConditions(
    node,
    OUR_CONDITIONS.map((type) => ({ $patch: 'delete', type })),
    cluster,
  );
}

/** A strategic merge patch merges conditions by type (k8s api core/v1 NodeStatus, patchMergeKey=type). */
async function patchConditions(node: string, conditions: readonly object[], cluster: Cluster): Promise<unknown> {
  const answer = await cluster.send({
    method: 'PATCH',
    path: nodeStatusPath(node),
    query: { fieldManager: 'kubectl-maint' },
    contentType: 'application/strategic-merge-patch+json',
    body: { status: { conditions } },
  });
  if (answer.status >= 300) throw refusalFromAnswer(answer);
  return answer.body;
}

/** Whether a failed write of conditions is only a missing right: then the command goes on with a warning. */
export function isForbidden(thrown: unknown): boolean {
  return thrown instanceof ClusterRefusal && thrown.status === 403;
}
