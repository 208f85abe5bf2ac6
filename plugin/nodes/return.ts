import { isSameClaim, type Claim, type ClaimKey, type MaintenanceRecord } from '../../shared/index.ts';
import { recordOf, releasePatch, statePatch, type NodePatch } from './mark.ts';
import type { NodeSnapshot } from './snapshot.ts';

/** What an `off` began with, and when it writes (RFC 3339). */
export interface Returning {
  /** The claims that it drops: these, and no later ones of the same owners. */
  readonly claims: readonly ClaimKey[];
  readonly now: string;
}

/** Why a node need not be healthy: it does not come out of maintenance by this `off`. */
export type WithoutGate =
  /** Others hold it: the claims are dropped at once, and the node stays. */
  | { readonly step: 'stays'; readonly owners: readonly string[]; readonly patch: NodePatch | undefined }
  /** Somebody has ended the maintenance meanwhile. */
  | { readonly step: 'ended'; readonly patch: undefined }
  /** One of the owners has taken the node again meanwhile: that is not for this `off` to end. */
  | { readonly step: 'retaken'; readonly owners: readonly string[]; readonly patch: undefined };

interface Step<Name extends string> {
  readonly step: Name;
  readonly patch: NodePatch;
}

/** The first step: the node returns, unless others hold it or it is not what the `off` began with any more. */
export function beginReturn(node: NodeSnapshot, returning: Returning): WithoutGate | Step<'returns'> {
  const record = recordOf(node);
  const patch = statePatch(node, 'returning', returning.now);
  if (record === undefined || patch === undefined) return { step: 'ended', patch: undefined };
  return withoutGate(node, record, returning) ?? { step: 'returns', patch };
}

/** The last step, behind the gate: only a node that was on its way back all the time comes out of maintenance. */
export function endReturn(node: NodeSnapshot, returning: Returning): WithoutGate | Step<'leaves'> {
  const record = recordOf(node);
  if (record === undefined) return { step: 'ended', patch: undefined };
  const early = withoutGate(node, record, returning);
  if (early !== undefined) return early;
  if (node.facts.state !== 'returning') return retaken(record.claims);
  return { step: 'leaves', patch: releasePatch(node, { record, ...returning }) };
}

function withoutGate(
  node: NodeSnapshot,
  record: MaintenanceRecord,
  { claims, now }: Returning,
): WithoutGate | undefined {
  const others = record.claims.filter((claim) => !claims.some((one) => isSameClaim(one, claim)));
  const again = others.filter(({ owner }) => claims.some((one) => one.owner === owner));
  if (again.length > 0) return retaken(again);
  if (others.length === 0) return undefined;
  const isThere = others.length < record.claims.length;
  const patch = isThere ? releasePatch(node, { record, claims, now }) : undefined;
  return { step: 'stays', owners: ownersOf(others), patch };
}

function retaken(claims: readonly Claim[]): WithoutGate {
  return { step: 'retaken', owners: ownersOf(claims), patch: undefined };
}

function ownersOf(claims: readonly Claim[]): readonly string[] {
  return claims.map(({ owner }) => owner);
}
