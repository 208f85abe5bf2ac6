/** Which fixtures the floor claims, by the claims of the catalogue and by how the object is placed. */
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
import { claimOf, entriesOf, type Claim, type Entry, type LeftOut } from '../../webhook/floor/claims.ts';
import { PLACED } from '../../webhook/floor/kinds.ts';
import type { Fixture } from './fixtures.ts';

/** Why a case of work is not the floor's; `placement`: it reaches the node in a way that one node does not tell. */
export type NotClaimed = LeftOut | 'no-work' | 'operation' | 'placement' | 'kind';

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
export function claimOfFixture(fixture: Fixture): Claim | NotClaimed {
  return claimIn(fixture, fixture.config);
}

/** The same for any case, under a configuration. */
export function claimIn(about: Case, config: PolicyConfig): Claim | NotClaimed {
  const request = requestOf(about);
  const { object, operation, subresource, user } = request;
  if (object === undefined || subresource !== '' || operation === 'CONNECT') return 'operation';
  const claims = entriesOfObject(object, user.name, config).map((entry) => claimAbout(object, entry));
  return claims.find((claim) => typeof claim !== 'string') ?? claims[0] ?? 'no-work';
}

function claimAbout(object: WorkObject, entry: Entry): Claim | NotClaimed {
  const claim = claimOf(entry);
  if (typeof claim === 'string') return claim;
  if (!isOfKind(object, claim.kinds)) return 'kind';
  return claim.outcome.scope === 'node' && claim.outcome.node.in === 'pods' && !isPlacedExactly(object)
    ? 'placement'
    : claim;
}

/** By everything that the object is; an owner that has to be looked up counts, as the floor looks nothing up. */
function entriesOfObject(object: WorkObject, user: string, config: PolicyConfig): readonly Entry[] {
  const entries = entriesOf(TOOLS, config);
  const certain = classifyFully(object, CATALOGUE, user).filter(({ unlessOwned }) => unlessOwned === undefined);
  return certain.flatMap(
    ({ tool, pattern }) => entries.find((entry) => entry.tool === tool && entry.pattern === pattern) ?? [],
  );
}

/** By its node's name, or by a hostname and nothing that depends on other nodes. */
function isPlacedExactly({ template, groupKind }: WorkObject): boolean {
  if (template === undefined || !isOfKind({ groupKind }, PLACED)) return false;
  const { nodeName, nodeSelector, terms, podAffinity } = template.placement;
  return (
    nodeName !== undefined || (nodeSelector.has(HOSTNAME_LABEL) && terms === undefined && podAffinity.length === 0)
  );
}

/** A claim as one word for tables. */
export function shownClaim(claim: Claim | NotClaimed): string {
  return typeof claim === 'string' ? claim : 'claimed';
}
