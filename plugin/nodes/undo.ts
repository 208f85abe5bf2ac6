import {
  isSameClaim,
  REMEDIATION_LABEL,
  ROLE_LABEL,
  withoutCompletion,
  type ClaimKey,
  type MaintenanceRecord,
} from '../../shared/index.ts';
import {
  carriedPatch,
  PROTECTION,
  recordOf,
  releasePatch,
  remainingPatch,
  withEarlierCordon,
  type NodePatch,
} from './mark.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** What is undone: the marks that a run has made on a node that looked like this before. */
export interface Undo {
  readonly original: NodeSnapshot;
  readonly claim: ClaimKey;
  /** The run made an earlier cordon part of the maintenance: that is taken back as well. */
  readonly adopted: boolean;
  /** RFC 3339. */
  readonly now: string;
}

/**
 * Takes back what a run has written on a node, and nothing else: a claim that was there before is as it was, those of
 * others stay, and so does what others rely on who came meanwhile. A node that stays in maintenance stays cordoned.
 * Undefined where the record, or this run's claim, is gone already: a later one of the same owner is another run's.
 */
export function undoPatch(fresh: NodeSnapshot, { original, claim, adopted, now }: Undo): NodePatch | undefined {
  const marked = recordOf(fresh);
  if (marked?.claims.some((one) => isSameClaim(one, claim)) !== true) return undefined;
  const before = recordOf(original);
  const wasCordoned = before?.before.cordoned ?? original.facts.unschedulable;
  const record = adopted ? withEarlierCordon(marked, wasCordoned) : marked;
  const claims = claimsWithout(record, before, claim.owner);
  if (before === undefined || claims.length === 0) return releasePatch(fresh, { record, claims: [claim], now });
  const isShared = claims.some((claim) => !before.claims.some((known) => known.owner === claim.owner));
  return isShared
    ? remainingPatch(fresh, { ...record, claims }, now)
    : restoringPatch(fresh, { ...record, claims }, { original, before, now });
}

/** Everything as it was in the maintenance before. */
function restoringPatch(
  fresh: NodeSnapshot,
  record: MaintenanceRecord,
  {
    original,
    before,
    now,
  }: { readonly original: NodeSnapshot; readonly before: MaintenanceRecord; readonly now: string },
): NodePatch {
  const restored: MaintenanceRecord = {
    ...withoutCompletion(record),
    before: before.before,
    ...(before.completedAt === undefined ? {} : { completedAt: before.completedAt }),
    ...(before.unconfirmed === undefined ? {} : { unconfirmed: before.unconfirmed }),
  };
  const { metadata } = carriedPatch(fresh, { record: restored, state: original.facts.state, now });
  const protection = PROTECTION.map((key) => [key, original.annotations.get(key) ?? null] as const);
  return {
    metadata: {
      ...metadata,
      labels: { ...labelsOf(original, fresh), ...metadata.labels },
      annotations: { ...Object.fromEntries(protection), ...metadata.annotations },
    },
  };
}

/** The labels that a mark sets as they were, where they are others now. */
function labelsOf({ facts: original }: NodeSnapshot, { facts }: NodeSnapshot): Readonly<Record<string, string | null>> {
  const changed = [ROLE_LABEL, REMEDIATION_LABEL].filter((key) => facts.labels.get(key) !== original.labels.get(key));
  return Object.fromEntries(changed.map((key) => [key, original.labels.get(key) ?? null]));
}

function claimsWithout(
  record: MaintenanceRecord,
  before: MaintenanceRecord | undefined,
  owner: string,
): MaintenanceRecord['claims'] {
  const earlier = before?.claims.find((claim) => claim.owner === owner);
  const others = record.claims.filter((claim) => claim.owner !== owner);
  return earlier === undefined ? others : [...others, earlier];
}
