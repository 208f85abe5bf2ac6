import { refusal, warning, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** What kubectl drain refuses, and what it warns of, about each pod. */
export function checkFilters({ plans }: Survey): readonly Finding[] {
  return plans.flatMap(({ node, refusals, warnings }) => [
    ...refusals.map((text) => refusal('filters', `node ${node}: cannot delete ${text}`)),
    ...warnings.map((text) => warning('filters', text)),
  ]);
}
