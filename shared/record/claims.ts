import type { Before, Claim, MaintenanceRecord, Mode } from './record.ts';

/** Longest reason or ticket that a claim or exception may carry, in characters: two lines of a terminal and of a denial. */
export const MAX_TEXT = 256;

/** The record with this owner's claim added, or renewed: the mode only escalates, `since` stays the first one. */
export function withClaim(current: MaintenanceRecord | undefined, claim: Claim, before: Before): MaintenanceRecord {
  if (current === undefined) {
    return { version: 1, claims: [claim], before, exceptions: [], initiatedAt: claim.since };
  }
  const earlier = current.claims.find((other) => other.owner === claim.owner);
  const renewed: Claim =
    earlier === undefined
      ? claim
      : {
          ...withoutOldRun(earlier, claim),
          ...claim,
          since: earlier.since,
          mode: strongest([earlier.mode, claim.mode]),
        };
  const others = current.claims.filter((other) => other.owner !== claim.owner);
  const next = { ...current, claims: [...others, renewed] };
  // Whoever asks for a drain sees it done anew: what was complete may not be any more.
  return claim.mode === 'drain' ? withoutCompletion(next) : next;
}

/** Whoever takes a node anew does so for a run of their own, or for none. */
function withoutOldRun(earlier: Claim, claim: Claim): Claim {
  if (isSameClaim(earlier, claim)) return earlier;
  const { run, ...rest } = earlier;
  return rest;
}

/** What tells a claim from all others, those of the same owner included. */
export type ClaimKey = Pick<Claim, 'owner' | 'id'>;

/** Whether it is the same claim, and not a later one of the same owner. */
export function isSameClaim(one: ClaimKey, other: ClaimKey): boolean {
  return one.owner === other.owner && one.id === other.id;
}

/** The record without these claims, or undefined when no other is left: the maintenance is over. */
export function withoutClaims(current: MaintenanceRecord, ended: readonly ClaimKey[]): MaintenanceRecord | undefined {
  const claims = current.claims.filter((claim) => !ended.some((one) => isSameClaim(one, claim)));
  return claims.length === 0 ? undefined : { ...current, claims };
}

/** The record with the moment at which the node was ready for the work on it. */
export function withCompletion(current: MaintenanceRecord, at: string): MaintenanceRecord {
  return { ...current, completedAt: current.completedAt ?? at };
}

/** The record at the end of a drain: with how many pods nobody has confirmed to be gone, where there are any. */
export function withDrainEnd(current: MaintenanceRecord, unconfirmed: number, at: string): MaintenanceRecord {
  const completed = withCompletion(withoutCompletion(current), current.completedAt ?? at);
  return unconfirmed === 0 ? completed : { ...completed, unconfirmed };
}

/** The record of a node whose drain is not over, or begins anew. */
export function withoutCompletion(current: MaintenanceRecord): MaintenanceRecord {
  const { completedAt, unconfirmed, ...rest } = current;
  return rest;
}

/** The mode that counts: `drain` if any claim asks for it. */
export function modeOf(record: MaintenanceRecord): Mode {
  return strongest(record.claims.map((claim) => claim.mode));
}

function strongest(modes: readonly Mode[]): Mode {
  return modes.includes('drain') ? 'drain' : 'cordon';
}

/** When the maintenance is expected to end: the latest `until`; undefined as soon as one claim names none. */
export function untilOf(record: MaintenanceRecord): string | undefined {
  const ends: string[] = [];
  for (const claim of record.claims) {
    if (claim.until === undefined) return undefined;
    ends.push(claim.until);
  }
  return ends.sort((a, b) => Date.parse(b) - Date.parse(a))[0];
}

/** How long ago the whole maintenance was to end, in ms; below 0 before that, and where some claim announces no end. */
export function overdueMs(record: MaintenanceRecord, now: number): number {
  const until = untilOf(record);
  return until === undefined ? -1 : now - Date.parse(until);
}

/** Claims that should have been dropped by now: their announced end has passed. Nothing ends by itself: this is for reminders. */
export function overdueClaims(record: MaintenanceRecord, now: number): readonly Claim[] {
  return record.claims.filter(({ until }) => until !== undefined && Date.parse(until) < now);
}

/** Whether somebody is overdue, though others may have announced a later end, or none. */
export function isOverdue(record: MaintenanceRecord, now: number): boolean {
  return overdueClaims(record, now).length > 0;
}
