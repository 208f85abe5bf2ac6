import { listed } from '../../drain/cause.ts';
import type { DrainPlan, PodGroup } from '../../drain/plan.ts';
import { refusal, warning, type Check, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** What kubectl drain refuses and what it warns of, each told once for all nodes: every node has its DaemonSet pods. */
export const filters: Check<'plans'> = {
  id: 'filters',
  refuses:
    'pods that kubectl drain would not evict without a flag; running backups or scans with `--active-work=refuse`',
  warns: 'what is lost or ignored',
  find,
};

function find({ plans }: Pick<Survey, 'plans'>): readonly Finding[] {
  return [
    ...groupsOf(plans, ({ refusals }) => refusals).map(refusalOf),
    ...groupsOf(plans, ({ warnings }) => warnings).map(({ text, pods, nodes }) => {
      const on = nodes.length === 1 ? '' : ` (on ${nodes.length} nodes)`;
      return { ...warning('filters', `${text}: ${listed(pods)}${on}`), pods };
    }),
  ];
}

/** Something that is said of pods on one node or many. */
interface Said {
  readonly text: string;
  readonly pods: readonly string[];
  readonly nodes: readonly string[];
}

function refusalOf({ text, pods, nodes }: Said): Finding {
  const what = `cannot delete ${text}: ${listed(pods)}`;
  if (nodes.length === 1) return { ...refusal('filters', `node ${nodes.join('')}: ${what}`), pods };
  return { ...refusal('filters', `${what} (on ${nodes.length} nodes: ${listed(nodes)})`), pods, nodes };
}

/** What is said of pods on any node, with all of them and the nodes that they are on. */
function groupsOf(plans: readonly DrainPlan[], groups: (plan: DrainPlan) => readonly PodGroup[]): readonly Said[] {
  const all = plans.flatMap((plan) => groups(plan).map((group) => ({ node: plan.node, ...group })));
  return [...Map.groupBy(all, ({ text }) => text)].map(([text, some]) => ({
    text,
    pods: some.flatMap(({ names }) => names).sort(),
    nodes: some.map(({ node }) => node),
  }));
}
