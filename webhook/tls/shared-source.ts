import { isDeepStrictEqual } from 'node:util';
import { issueLeaf } from './issue.ts';
import { trustedIn, type AuthoritySet } from '../controller/certificates/rotation.ts';
import type { SharedAuthorities } from '../controller/certificates/shared-authorities.ts';
import { isValidAt, renewalOf, type CertificateSource, type ServingCertificate } from './source.ts';

/** A leaf with the authority that has signed it. */
interface Signed extends ServingCertificate {
  readonly issuer: string;
}

/** What this replica's certificate depends on. */
export interface Sharing {
  /** DNS names of the Service. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether API servers trust a certificate by now. */
  readonly isTrusted: (certificate: string) => boolean;
}

/**
 * A source whose authority is shared by all replicas, and whose certificate is this replica's own, in memory. A new
 * authority signs only when API servers trust it; until then the last certificate is served on.
 */
export async function sharedCertificates(
  authorities: SharedAuthorities,
  { names, now, isTrusted }: Sharing,
): Promise<CertificateSource> {
  let shared = await authorities.refresh(now);
  let leaf = await signed(shared, names, now);

  const isDue = (moment: number): boolean => {
    if (!isValidAt(leaf, moment)) return true;
    const isOther = leaf.issuer !== shared.current.certificate;
    return isOther ? isTrusted(shared.current.certificate) : moment >= renewalOf(leaf);
  };
  const trusted = (): readonly string[] => [...new Set([...trustedIn(shared), leaf.issuer])];
  return {
    current: () => leaf,
    authorities: trusted,
    signerNotAfter: () => shared.current.notAfter,
    refresh: async (moment) => {
      const before = trusted();
      shared = await authorities.refresh(moment);
      const wasDue = isDue(moment);
      if (wasDue) leaf = await signed(shared, names, moment);
      return wasDue || !isDeepStrictEqual(trusted(), before);
    },
  };
}

async function signed({ current }: AuthoritySet, names: readonly string[], now: number): Promise<Signed> {
  return { ...(await issueLeaf(current, names, now)), issuer: current.certificate };
}
