import { controllerOf, kindKey, type WorkObject } from '../facts/work.ts';
import { WORK_LABEL } from '../labels.ts';
import { matches, strengthOf } from './matcher.ts';
import type { Tool, Work, WorkPattern } from './tool.ts';

/** What an object is, by whose evidence. It does not depend on any node. */
export interface Classification {
  readonly work: Work;
  /** Id of the tool; `labelled` where the user's own label says it; null for `none`. */
  readonly tool: string | null;
  /** The pattern that matched; undefined for add-ons and `none`. */
  readonly pattern: WorkPattern | undefined;
}

const NONE: Classification = { work: 'none', tool: null, pattern: undefined };
const DAEMONSET: Classification = { work: 'addon', tool: 'daemonset', pattern: undefined };

/** Work that its user labelled as such: decided where it is pinned, and lost when refused. */
function labelled(work: 'backup' | 'scan'): Classification {
  return {
    work,
    tool: 'labelled',
    pattern: {
      work,
      what: `work labelled ${WORK_LABEL}: ${work}`,
      role: 'leaf',
      match: { labels: { [WORK_LABEL]: [work] } },
      node: { in: 'pods' },
      afterDenial: 'failed',
    },
  };
}

/** Kinds on which the user's label counts: what a CronJob or Deployment makes carries the label of its template. */
const CARRIERS = ['/Pod', 'batch/Job'];

const LABELLED = { backup: labelled('backup'), scan: labelled('scan') };

/** The catalogue, ordered so that the first match is the strongest. */
export type Catalogue = readonly { readonly tool: string; readonly strength: number; readonly pattern: WorkPattern }[];

/** Puts all patterns of some tools in the order of their evidence; tools and patterns keep their order within it. */
export function catalogueFromTools(tools: readonly Tool[]): Catalogue {
  return tools
    .flatMap((tool) =>
      tool.patterns.map((pattern) => ({ tool: tool.id, strength: strengthOf(pattern.match), pattern })),
    )
    .sort((a, b) => b.strength - a.strength);
}

/** Classifies one object. The strongest evidence wins; a DaemonSet that nothing claims is an add-on. */
export function classify(object: WorkObject, catalogue: Catalogue): Classification {
  const entry = catalogue.find(({ pattern }) => matches(pattern.match, object));
  if (entry !== undefined) return { work: entry.pattern.work, tool: entry.tool, pattern: entry.pattern };
  if (!CARRIERS.includes(kindKey(object))) return isAddon(object) ? DAEMONSET : NONE;
  const label = object.labels.get(WORK_LABEL) ?? object.template?.labels.get(WORK_LABEL);
  if (label === 'backup' || label === 'scan') return LABELLED[label];
  return isAddon(object) ? DAEMONSET : NONE;
}

function isAddon(object: WorkObject): boolean {
  if (kindKey(object) === 'apps/DaemonSet') return true;
  const controller = controllerOf(object);
  return object.kind === 'Pod' && controller !== undefined && kindKey(controller) === 'apps/DaemonSet';
}
