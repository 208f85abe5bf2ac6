import { RECORD_ANNOTATION, renderRecord, STATE_LABEL, type MaintenanceRecord } from '../../shared/index.ts';
import { PROTECTION, recordOf, releasePatch, remainingPatch, type NodePatch } from './mark.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** What is undone: the marks that an owner's run has made on a node that looked like this before. */
export interface Undo {
  readonly original: NodeSnapshot;
  readonly owner: string;
  /** RFC 3339. */
  readonly now: string;
}

/**
 * Takes back what a run has written on a node, and nothing else: a claim that was there before is as it was, those of
 * others stay, and so does what others rely on who came meanwhile. A node that stays in maintenance stays cordoned.
 * Undefined where the record, or this run's claim, is gone already.
 */
export function undoPatch(fresh: NodeSnapshot, { original, owner, now }: Undo): NodePatch | undefined {
  const record = recordOf(fresh);
  if (record?.claims.some((claim) => claim.owner === owner) !== true) return undefined;
  const before = recordOf(original);
  const claims = claimsWithout(record, before, owner);
  if (before === undefined || claims.length === 0) return releasePatch(fresh, { record, owner, now });
  const isShared = claims.some((claim) => !before.claims.some((known) => known.owner === claim.owner));
  return isShared
    ? remainingPatch(fresh, { ...record, claims }, now)
    : restoringPatch(fresh, { ...record, claims }, original, before);
}

/** Everything as it was in the maintenance before. */
function restoringPatch(
  { resourceVersion }: NodeSnapshot,
  { completedAt, ...record }: MaintenanceRecord,
  original: NodeSnapshot,
  before: MaintenanceRecord,
): NodePatch {
  const restored: MaintenanceRecord = {
    ...record,
    before: before.before,
    ...(before.completedAt === undefined ? {} : { completedAt: before.completedAt }),
  };
  return {
    metadata: {
      resourceVersion,
      labels: { [STATE_LABEL]: original.facts.state },
      annotations: {
        ...Object.fromEntries(PROTECTION.map((key) => [key, original.annotations.get(key) ?? null])),
        [RECORD_ANNOTATION]: renderRecord(restored),
      },
    },
  };
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
