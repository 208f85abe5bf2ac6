import { numberAt, textAt } from '../../../shared/index.ts';
import { metadataFor, type ObjectPlace } from '../replacing.ts';

/** How long a Lease holds, in ms. */
export interface LeaseTimes {
  /** So long after its last renewal was seen nobody else takes it. */
  readonly durationMs: number;
  /** Who could not renew it for so long writes no more: a third of the duration is left for what is under way. */
  readonly renewWithinMs: number;
  /** How often it is renewed, or asked for. */
  readonly retryMs: number;
}

/** Those of client-go (tools/leaderelection) and of every controller of Kubernetes. */
export const LEASE_TIMES: LeaseTimes = { durationMs: 15_000, renewWithinMs: 10_000, retryMs: 2_000 };

/** A Lease (coordination.k8s.io/v1) as it was last seen to change, by a clock that nobody sets. */
export interface SeenLease {
  /** Empty: nobody's. */
  readonly holder: string;
  readonly durationMs: number;
  /** Another text with every renewal. */
  readonly version: string;
  readonly seenAt: number;
}

/** What is known of a Lease after reading it once more: whoever renews it is seen to live. */
export function seenAfter(object: unknown, before: SeenLease | undefined, now: number): SeenLease {
  const version = textAt(object, 'metadata', 'resourceVersion') ?? '';
  if (before?.version === version) return before;
  return {
    holder: textAt(object, 'spec', 'holderIdentity') ?? '',
    durationMs: (numberAt(object, 'spec', 'leaseDurationSeconds') ?? 0) * 1000,
    version,
    seenAt: now,
  };
}

/** Whether somebody may take a Lease: it is theirs or nobody's, or whoever has it was not seen to renew it in time. */
export function isFree({ holder, durationMs, seenAt }: SeenLease, identity: string, now: number): boolean {
  return holder === '' || holder === identity || now - seenAt >= durationMs;
}

/** Who takes a Lease, and when (RFC 3339). */
export interface Taking {
  readonly identity: string;
  readonly durationMs: number;
  readonly now: string;
}

/** The Lease as it is written by its holder; `before` is what it replaces, by its resourceVersion. */
export function leaseTaken(place: ObjectPlace, { identity, durationMs, now }: Taking, before?: unknown): object {
  const isRenewed = textAt(before, 'spec', 'holderIdentity') === identity;
  const transitions = numberAt(before, 'spec', 'leaseTransitions') ?? 0;
  return {
    ...leaseOf(place, before),
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(durationMs / 1000),
      acquireTime: isRenewed ? (textAt(before, 'spec', 'acquireTime') ?? microTime(now)) : microTime(now),
      renewTime: microTime(now),
      leaseTransitions: before === undefined || isRenewed ? transitions : transitions + 1,
    },
  };
}

/** The Lease as its holder leaves it: the next one need not wait. */
export function leaseReleased(place: ObjectPlace, now: string, before: unknown): object {
  return {
    ...leaseOf(place, before),
    spec: {
      holderIdentity: '',
      leaseDurationSeconds: 1,
      acquireTime: microTime(now),
      renewTime: microTime(now),
      leaseTransitions: numberAt(before, 'spec', 'leaseTransitions') ?? 0,
    },
  };
}

function leaseOf(place: ObjectPlace, before: unknown): object {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: metadataFor(place, before) };
}

/** Leases have times to the microsecond, and the API server takes no fewer digits (apimachinery MicroTime). */
function microTime(time: string): string {
  return time.replace(/(\.\d{3})Z$/, '$1000Z');
}
