import { issueAuthority, issueLeaf } from './issue.ts';
import { renewalOf, type CertificateSource } from './source.ts';

/** A source with an authority of its own, made now and kept in memory; callers are handed its certificate. */
export async function selfIssuedCertificates(names: readonly string[], now: number): Promise<CertificateSource> {
  const authority = await issueAuthority(now);
  let leaf = await issueLeaf(authority, names, now);
  return {
    current: () => leaf,
    authorities: () => [authority.certificate],
    signerNotAfter: () => authority.notAfter,
    refresh: async (later) => {
      if (later < renewalOf(leaf)) return false;
      leaf = await issueLeaf(authority, names, later);
      return true;
    },
  };
}
