import type { PodFacts } from '../../../shared/index.ts';
import { listed } from '../../drain/cause.ts';
import { podName } from '../../drain/plan.ts';
import { respondersOf } from '../../drain/responders.ts';
import { warning, type Check, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** Pods that are moved by their operators, as these say it on them, and what follows for the drain. */
const MOVED_BY_OPERATORS: readonly { readonly label: string; readonly value: string; readonly what: string }[] = [
  {
    label: 'kubevirt.io',
    value: 'virt-launcher',
    what: 'KubeVirt moves virtual machines by itself, and goes on with it where the drain is given up',
  },
  {
    label: 'cnpg.io/instanceRole',
    value: 'primary',
    what: 'CloudNativePG makes another pod the primary as soon as the node is cordoned',
  },
];

/** Pods whose operators have a part in the drain. */
export const operators: Check = {
  id: 'operators',
  refuses: '',
  warns: 'virtual machines and primaries that their operators move by themselves; pods with eviction responders',
  find,
};

function find({ plans }: Survey): readonly Finding[] {
  const leaving = plans.flatMap(({ evict }) => evict);
  const moved = MOVED_BY_OPERATORS.flatMap(({ label, value, what }) =>
    told(
      leaving.filter(({ labels }) => labels.get(label) === value),
      what,
    ),
  );
  const answering = leaving.filter((pod) => respondersOf(pod).length > 0);
  const names = [...new Set(answering.flatMap(respondersOf))].sort();
  return [
    ...moved,
    ...told(answering, `evicted as other pods are, without a request to their eviction responders (${listed(names)})`),
  ];
}

function told(pods: readonly PodFacts[], what: string): readonly Finding[] {
  if (pods.length === 0) return [];
  const names = pods.map(podName).sort();
  return [{ ...warning('operators', `${what}: ${listed(names)}`), pods: names }];
}
