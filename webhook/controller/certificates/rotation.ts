import type { Authority } from '../../tls/authority.ts';
import { LEAF_LIFE_MS } from '../../tls/issue.ts';
import { renewalOf } from '../../tls/source.ts';

/** The authorities of the webhook. */
export interface AuthoritySet {
  /** Signs. */
  readonly current: Authority;
  /** Signs next, once everybody trusts it. */
  readonly next: Authority | undefined;
  /** PEM (normalPem) of the one before: certificates that it has signed may still be served. */
  readonly old: string | undefined;
  /** When the last step was made, in ms since the epoch. */
  readonly steppedAt: number;
}

/** A step on the way from one authority to the next. */
export type Step = 'prepare' | 'promote' | 'prune' | 'replace';

/**
 * How long a new authority has to stand in the registration before it signs, in ms: API servers hear of a change within
 * milliseconds by a watch, and within some seconds where that watch has to be taken up again.
 */
export const TRUSTED_MS = 60_000;

/** No certificate that the old authority has signed lives longer. */
export const PRUNE_AFTER_MS = LEAF_LIFE_MS;

/** Whom API servers trust. */
export interface Trust {
  /** Since when they have been told to trust a certificate, in ms since the epoch; undefined: they have not. */
  readonly trustedSince: (certificate: string) => number | undefined;
  /** TRUSTED_MS but for tests. */
  readonly trustedMs?: number;
}

/**
 * The step that is due, if any. At two thirds of its life an authority gets a successor, which is trusted before it signs;
 * one that has expired has nothing left to overlap with.
 */
export function dueStep(
  { current, next, old, steppedAt }: AuthoritySet,
  now: number,
  { trustedSince, trustedMs = TRUSTED_MS }: Trust,
): Step | undefined {
  if (next !== undefined) {
    const since = trustedSince(next.certificate);
    const isTrusted = since !== undefined && now - since >= trustedMs;
    return isTrusted || now >= current.notAfter ? 'promote' : undefined;
  }
  if (now >= current.notAfter) return 'replace';
  if (old !== undefined) return now - steppedAt >= PRUNE_AFTER_MS ? 'prune' : undefined;
  return now >= renewalOf(current) ? 'prepare' : undefined;
}

/** The authorities after a step. `issue` makes a new authority. */
export async function afterStep(
  authorities: AuthoritySet,
  step: Step,
  now: number,
  issue: () => Promise<Authority>,
): Promise<AuthoritySet> {
  switch (step) {
    case 'prepare':
      return { ...authorities, next: await issue(), steppedAt: now };
    case 'promote':
      return {
        current: authorities.next ?? authorities.current,
        next: undefined,
        old: authorities.current.certificate,
        steppedAt: now,
      };
    case 'prune':
      return { ...authorities, old: undefined, steppedAt: now };
    case 'replace':
      return { current: await issue(), next: undefined, old: undefined, steppedAt: now };
  }
}

/** PEM of every authority that callers have to trust by now. */
export function trustedIn({ current, next, old }: AuthoritySet): readonly string[] {
  return [current.certificate, next?.certificate, old].filter((pem) => pem !== undefined);
}
