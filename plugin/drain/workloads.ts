import type { PodFacts } from '../../shared/index.ts';

/**
 * Kinds of workloads that say in one way how many of their pods are ready (`status.readyReplicas`), as `group/Kind`, with
 * their resource as objectPath and collectionPath take it.
 */
const WORKLOADS: ReadonlyMap<string, string> = new Map([
  ['apps/ReplicaSet', 'apps/v1/replicasets'],
  ['apps/StatefulSet', 'apps/v1/statefulsets'],
  ['/ReplicationController', 'v1/replicationcontrollers'],
]);

/** A workload that controls pods. */
export interface Workload {
  readonly resource: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The workloads that control some pods, each once. */
export function workloadsOf(pods: readonly PodFacts[]): readonly Workload[] {
  const found = new Map<string, Workload>();
  for (const { namespace, controller } of pods) {
    const resource = WORKLOADS.get(controller?.groupKind ?? '');
    if (controller === undefined || resource === undefined) continue;
    const { kind, name, uid } = controller;
    found.set(uid, { resource, kind, namespace, name, uid });
  }
  return [...found.values()];
}
