import { listed } from '../../drain/cause.ts';
import type { DrainPlan } from '../../drain/plan.ts';
import { refusal, warning, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** What kubectl drain refuses about each node, and what it warns of, once for all of them: every node has its DaemonSet pods. */
export function checkFilters({ plans }: Survey): readonly Finding[] {
  return [
    ...plans.flatMap(({ node, refusals }) =>
      refusals.map((text) => refusal('filters', `node ${node}: cannot delete ${text}`)),
    ),
    ...warningsOf(plans),
  ];
}

function warningsOf(plans: readonly DrainPlan[]): readonly Finding[] {
  const all = plans.flatMap(({ node, warnings }) => warnings.map((group) => ({ node, ...group })));
  return [...Map.groupBy(all, ({ text }) => text)].map(([text, groups]) => {
    const pods = groups.flatMap(({ names }) => names).sort();
    const nodes = groups.length === 1 ? '' : ` (on ${groups.length} nodes)`;
    return { ...warning('filters', `${text}: ${listed(pods)}${nodes}`), pods };
  });
}
