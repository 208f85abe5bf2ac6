import { createPrivateKey, X509Certificate } from 'node:crypto';
import { messageOf, parsed, refused, type Parsed } from '../../shared/index.ts';

/** An authority that signs serving certificates. */
export interface Authority {
  /** PEM (normalPem), for a caBundle. */
  readonly certificate: string;
  /** PEM; whoever has it can pretend to be the webhook. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/** Reads an authority that somebody else may have written. Problems say what is wrong, and never quote a key. */
export function authorityFromPem(certificate: string, key: string): Parsed<Authority> {
  const read = certificateFromPem(certificate);
  if (!read.ok) return read;
  const { value } = read;
  if (!value.ca) return refused({ path: 'ca.crt', message: 'is not the certificate of an authority' });
  try {
    if (!value.checkPrivateKey(createPrivateKey(key)))
      return refused({ path: 'ca.key', message: 'belongs to another certificate' });
  } catch {
    return refused({ path: 'ca.key', message: 'is not a private key in PEM' });
  }
  return parsed({
    certificate: normalPem(value),
    key,
    notBefore: Date.parse(value.validFrom),
    notAfter: Date.parse(value.validTo),
  });
}

/** Reads one certificate. */
export function certificateFromPem(pem: string): Parsed<X509Certificate> {
  try {
    return parsed(new X509Certificate(pem));
  } catch (thrown) {
    return refused({ path: 'ca.crt', message: `is not a certificate in PEM: ${messageOf(thrown)}` });
  }
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates of a bundle, each as it is written by this program; what is no certificate is left out. */
export function certificatesIn(bundle: string): readonly string[] {
  return (bundle.match(PEM) ?? []).flatMap((pem) => {
    const read = certificateFromPem(pem);
    return read.ok ? [normalPem(read.value)] : [];
  });
}

/** Whether some certificate of a bundle, a server's with those in between, is an authority's (PEM) or signed by it. */
export function isSignedBy(bundle: string, authority: string): boolean {
  const signer = new X509Certificate(authority);
  return certificatesIn(bundle)
    .map((pem) => new X509Certificate(pem))
    .some((one) => one.raw.equals(signer.raw) || (one.checkIssued(signer) && one.verify(signer.publicKey)));
}

/** One certificate as PEM, always in the same form, so that two of them can be compared as text. */
export function normalPem(certificate: X509Certificate): string {
  return certificate.toString().trim();
}

/** A bundle of some certificates. */
export function bundleOf(certificates: readonly string[]): string {
  return certificates.map((pem) => `${pem.trim()}\n`).join('');
}
