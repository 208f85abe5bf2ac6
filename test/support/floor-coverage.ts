/** Which fixtures the floor covers, by the patterns of the catalogue and by how the object is placed. */
import {
  CATALOGUE,
  classifyFully,
  creationOf,
  HOSTNAME_LABEL,
  isOfKind,
  requestFromReview,
  TOOLS,
  type PolicyConfig,
  type ReviewRequest,
  type WorkObject,
} from '../../shared/index.ts';
import {
  coverageOf,
  judgedPatterns,
  type CoveredPattern,
  type JudgedPattern,
  type LeftOut,
} from '../../webhook/floor/coverage.ts';
import { PLACED } from '../../webhook/floor/kinds.ts';
import type { Fixture } from './fixtures.ts';

/** Why a case of work is not the floor's; `placement`: it reaches the node in a way that one node does not tell. */
export type NotCovered = LeftOut | 'no-work' | 'operation' | 'placement' | 'kind';

/** An object, or a review of one, under a name. */
export type Case = Pick<Fixture, 'name' | 'object' | 'isReview'>;

/** The request of a case. */
export function requestOf({ object, isReview }: Pick<Case, 'object' | 'isReview'>): ReviewRequest {
  if (!isReview) return creationOf(object);
  const review = requestFromReview(object);
  if (!review.ok) throw new Error(JSON.stringify(review.problems));
  return review.value;
}

/** Whether the floor decides a fixture as the webhook does; else why not. */
export function coverageOfFixture(fixture: Fixture): CoveredPattern | NotCovered {
  return coverageIn(fixture, fixture.config);
}

/** The same for any case, under a configuration. */
export function coverageIn(about: Case, config: PolicyConfig): CoveredPattern | NotCovered {
  const request = requestOf(about);
  const { object, operation, subresource, user } = request;
  if (object === undefined || subresource !== '' || operation === 'CONNECT') return 'operation';
  const found = patternsOfObject(object, user.name, config).map((entry) => coverageAbout(object, entry));
  return found.find((coverage) => typeof coverage !== 'string') ?? found[0] ?? 'no-work';
}

function coverageAbout(object: WorkObject, entry: JudgedPattern): CoveredPattern | NotCovered {
  const coverage = coverageOf(entry);
  if (typeof coverage === 'string') return coverage;
  if (!isOfKind(object, coverage.kinds)) return 'kind';
  return coverage.outcome.scope === 'node' && coverage.outcome.node.in === 'pods' && !isPlacedExactly(object)
    ? 'placement'
    : coverage;
}

/** By everything that the object is; an owner that has to be looked up counts, as the floor looks nothing up. */
function patternsOfObject(object: WorkObject, user: string, config: PolicyConfig): readonly JudgedPattern[] {
  const entries = judgedPatterns(TOOLS, config);
  const certain = classifyFully(object, CATALOGUE, user).filter(
    ({ unlessPipelineStep }) => unlessPipelineStep === undefined,
  );
  return certain.flatMap(
    ({ tool, pattern }) => entries.find((entry) => entry.tool === tool && entry.pattern === pattern) ?? [],
  );
}

/** By its node's name, or by a hostname and nothing beside it. */
function isPlacedExactly({ template, groupKind }: WorkObject): boolean {
  if (template === undefined || !isOfKind({ groupKind }, PLACED)) return false;
  const { nodeName, nodeSelector, terms, podAffinity } = template.placement;
  return (
    nodeName !== undefined ||
    (nodeSelector.has(HOSTNAME_LABEL) && nodeSelector.size === 1 && terms === undefined && podAffinity.length === 0)
  );
}

/** Coverage as one word for tables. */
export function shownCoverage(coverage: CoveredPattern | NotCovered): string {
  return typeof coverage === 'string' ? coverage : 'covered';
}
