import type { PodFacts } from '../../../shared/index.ts';
import { listed } from '../../drain/cause.ts';
import { podName } from '../../drain/plan.ts';
import { respondersOf } from '../../drain/responders.ts';
import { DATA_SYSTEMS } from '../data/registry.ts';
import { warning, type Check, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** Pods whose operators have a part in the drain. */
export const operators: Check = {
  id: 'operators',
  refuses: '',
  warns:
    'virtual machines and primaries that their operators may move by themselves, primaries with `--mode=cordon`, too; pods with eviction responders',
  find,
};

function find({ plans, movedByCordon }: Survey): readonly Finding[] {
  const leaving = plans.flatMap(({ evict }) => evict);
  const going = [...leaving, ...(movedByCordon ?? [])];
  const moved = DATA_SYSTEMS.flatMap(({ moves }) =>
    moves === undefined
      ? []
      : told(
          going.filter(({ labels }) => labels.get(moves.label) === moves.value),
          moves.how,
        ),
  );
  const answering = leaving.filter((pod) => respondersOf(pod).length > 0);
  const names = [...new Set(answering.flatMap(respondersOf))].sort();
  return [
    ...(movedByCordon === undefined ? [UNKNOWN] : []),
    ...moved,
    ...told(answering, `evicted as other pods are, without a request to their eviction responders (${listed(names)})`),
  ];
}

const UNKNOWN = warning(
  'operators',
  'whether an operator moves pods off a node that is cordoned is not known: you may not list pods, or ask which APIs are served',
);

function told(pods: readonly PodFacts[], what: string): readonly Finding[] {
  if (pods.length === 0) return [];
  const names = pods.map(podName).sort();
  return [{ ...warning('operators', `${what}: ${listed(names)}`), pods: names }];
}
