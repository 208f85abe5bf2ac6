import type { PodFacts } from '../../../shared/index.ts';
import { warning, type Check, type Finding } from '../finding.ts';
import type { OwnerHealth, Survey } from '../survey.ts';

/** Workloads that will be down for a while: all of their ready pods sit on the nodes that are drained. */
export const downtime: Check = {
  id: 'downtime',
  refuses: '',
  warns: 'workloads without a budget whose only ready pods are moved',
  find,
};

function find({ plans, owners }: Survey): readonly Finding[] {
  const here = Map.groupBy(
    plans.flatMap(({ evict }) => evict).filter((pod) => pod.ready),
    (pod) => pod.controller?.uid,
  );
  return [...owners].flatMap(([uid, owner]) => downOnes(owner, here.get(uid) ?? []));
}

function downOnes({ title, ready }: OwnerHealth, pods: readonly PodFacts[]): readonly Finding[] {
  if (pods.length === 0 || pods.length < ready) return [];
  const all = pods.length === 1 ? 'its only ready pod is' : `all of its ${pods.length} ready pods are`;
  return [warning('downtime', `${title} will be down until it is Ready elsewhere: ${all} moved`)];
}
