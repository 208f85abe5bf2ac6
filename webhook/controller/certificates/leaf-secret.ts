import { createPrivateKey, X509Certificate } from 'node:crypto';
import { fieldsAt, parsed, refused, textAt, type Parsed } from '../../../shared/index.ts';
import { bundleOf, certificateFromPem } from '../../tls/authority.ts';
import { isValidAt, renewalOf, type ServingCertificate } from '../../tls/source.ts';
import type { ObjectPlace } from '../replacing.ts';
import { trustedIn, type AuthoritySet } from './rotation.ts';
import { secretOf, textIn } from './secret.ts';

/** The serving certificate from a Secret of type kubernetes.io/tls. Anybody may have edited it. */
export function leafFromSecret(secret: unknown): Parsed<ServingCertificate> {
  const field = (key: string): string => textIn(secret, key) ?? '';
  const [certificate, key] = [field('tls.crt'), field('tls.key')];
  const read = certificateFromPem(certificate);
  if (!read.ok) return refused({ path: 'tls.crt', message: 'is not a certificate in PEM' });
  try {
    if (!read.value.checkPrivateKey(createPrivateKey(key))) {
      return refused({ path: 'tls.key', message: 'belongs to another certificate' });
    }
  } catch {
    return refused({ path: 'tls.key', message: 'is not a private key in PEM' });
  }
  const { validFrom, validTo } = read.value;
  return parsed({ certificate, key, notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo) });
}

/** The Secret that the webhook's pods mount; with what it replaces, exactly that one. */
export function secretFromLeaf(
  leaf: ServingCertificate,
  authorities: AuthoritySet,
  place: ObjectPlace,
  replaced?: unknown,
): object {
  const data = { 'tls.crt': leaf.certificate, 'tls.key': leaf.key, 'ca.crt': bundleOf(trustedIn(authorities)) };
  const annotations = fieldsAt(replaced, 'metadata', 'annotations');
  // The type of a Secret cannot be changed.
  return secretOf(place, { type: textAt(replaced, 'type') ?? 'kubernetes.io/tls', annotations, data }, replaced);
}

/** Whom API servers trust by now: an authority for long enough, just so, or somebody else alone; or nobody, whom nobody asks. */
export type Trusting = 'settled' | 'fresh' | 'others' | 'nobody';

/**
 * Whether a new leaf of the current authority is to be written. One that API servers do not trust yet would make every
 * call fail as soon as the pods have it, so that the last one is served on; where no call can succeed anyway, nothing is
 * waited for.
 */
export function isLeafDue(
  leaf: ServingCertificate | undefined,
  authority: string,
  { names, trusting, now }: { readonly names: readonly string[]; readonly trusting: Trusting; readonly now: number },
): boolean {
  if (leaf === undefined || !isValidAt(leaf, now)) return trusting !== 'others';
  const certificate = new X509Certificate(leaf.certificate);
  if (!certificate.checkIssued(new X509Certificate(authority))) return trusting === 'settled' || trusting === 'nobody';
  return now >= renewalOf(leaf) || names.some((name) => certificate.checkHost(name) === undefined);
}
