import { toleratesCordon, type PodFacts } from '../../../shared/index.ts';
import { listed } from '../../drain/cause.ts';
import { podName } from '../../drain/plan.ts';
import { DRAIN_LABEL } from '../../drain/filters.ts';
import { warning, type Check, type Finding } from '../finding.ts';
import { isMadeAgain } from '../moving.ts';
import type { Survey } from '../survey.ts';

const OR_LET_IT = `scale it down for the time, or let it stay with the label ${DRAIN_LABEL}: skip in its template`;

/** What helps where a pod comes back although its node is cordoned. */
export const AGAINST_RETURN = `take the toleration out of its template, ${OR_LET_IT}`;

/** What helps where a template names its pods' node, which the scheduler is not asked about. */
export const AGAINST_NAMING = `take spec.nodeName out of its template, ${OR_LET_IT}`;

/** Pods that the cordon does not keep off: what replaces them may land on the node that they leave, the emptiest of all. */
export const returning: Check = {
  id: 'returning',
  refuses: '',
  warns: 'pods that the cordon does not keep off: they tolerate it, or their template names the node',
  find,
};

function find({ plans, owners }: Survey): readonly Finding[] {
  const leaving = plans.flatMap(({ node, evict }) => evict.filter(isMadeAgain).map((pod) => ({ node, pod })));
  const isNamed = ({ node, pod }: Leaving): boolean => owners.get(pod.controller?.uid ?? '')?.nodeName === node;
  const back = leaving.filter((one) => !isNamed(one) && isLet(one));
  return [
    ...told(back, 'may come back, because they tolerate the cordon', AGAINST_RETURN),
    ...told(leaving.filter(isNamed), 'will come back, because their template names the node', AGAINST_NAMING),
  ];
}

interface Leaving {
  readonly node: string;
  readonly pod: PodFacts;
}

function isLet({ pod: { work } }: Leaving): boolean {
  return work.template !== undefined && toleratesCordon(work.template.placement);
}

function told(some: readonly Leaving[], what: string, way: string): readonly Finding[] {
  if (some.length === 0) return [];
  const names = listed(some.map(({ pod }) => podName(pod)).sort());
  return [warning('returning', `${what}: ${names}; ${way}`)];
}
