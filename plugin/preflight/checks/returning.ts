import { toleratesCordon } from '../../../shared/index.ts';
import { listed } from '../../drain/cause.ts';
import { podName } from '../../drain/plan.ts';
import { DRAIN_LABEL } from '../../drain/filters.ts';
import { warning, type Finding } from '../finding.ts';
import { isMadeAgain } from '../moving.ts';
import type { Survey } from '../survey.ts';

/** What helps where a pod comes back although its node is cordoned. */
export const AGAINST_RETURN = `take the toleration out of its template, scale it down for the time, or let it stay with the label ${DRAIN_LABEL}: skip in its template`;

/** Pods that the cordon does not keep off: what replaces them may land on the node that they leave, the emptiest of all. */
export function checkReturning({ plans }: Survey): readonly Finding[] {
  const back = plans
    .flatMap(({ evict }) => evict)
    .filter(({ work }) => work.template !== undefined && toleratesCordon(work.template.placement))
    .filter(isMadeAgain);
  if (back.length === 0) return [];
  const names = listed(back.map(podName).sort());
  return [warning('returning', `may come back, because they tolerate the cordon: ${names}; ${AGAINST_RETURN}`)];
}
