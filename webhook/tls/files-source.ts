import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MaintError, messageOf } from '../../shared/index.ts';
import { certificateFromPem, certificatesIn, isSignedBy } from './authority.ts';
import { TICK_MS } from './renewal.ts';
import { isValidAt, type CertificateSource, type ServingCertificate } from './source.ts';

/** What a mounted Secret of type kubernetes.io/tls holds; cert-manager adds the authority. */
interface Files {
  readonly leaf: ServingCertificate;
  readonly authorities: readonly string[];
}

/**
 * How long an authority has to stand in `ca.crt` before a certificate of it is presented, in ms. The controller reads it from a
 * mount of its own: its kubelet may be 90 s later than ours, it looks every 60 s, another one takes over its Lease in 20 s,
 * and API servers hear of the caBundle within seconds.
 */
const STANDING_MS = 180_000;

/**
 * A source that somebody else keeps: `tls.crt`, `tls.key` and, where it is there, `ca.crt` in a folder. They are read
 * anew at each refresh; what cannot be read then leaves the last certificate in place. So does a new one whose authority API
 * servers may not trust yet, as long as the last one is good. Throws MaintError('usage').
 */
export async function certificatesFromFolder(
  folder: string,
  openedAt: number,
  standingMs = STANDING_MS,
): Promise<CertificateSource> {
  let files = await readFiles(folder);
  let presented = files.leaf;
  let since = standingSince(files.authorities, new Map(), openedAt);
  return {
    current: () => presented,
    authorities: () => files.authorities,
    signerNotAfter: () => {
      const [first] = files.authorities;
      const read = first === undefined ? undefined : certificateFromPem(first);
      return read?.ok === true ? Date.parse(read.value.validTo) : undefined;
    },
    whyWaiting: () => {
      if (isSame(files.leaf, presented)) return undefined;
      const isSigned = files.authorities.some((authority) => isSignedBy(files.leaf.certificate, authority));
      return isSigned ? 'its authority is new in ca.crt' : 'no authority in ca.crt has signed it';
    },
    refresh: async (now) => {
      const [last, before] = [presented, files.authorities];
      files = await readFiles(folder);
      since = standingSince(files.authorities, since, now);
      const trusted = files.authorities.filter((authority) => now - (since.get(authority) ?? now) >= standingMs);
      if (!isSame(files.leaf, last) && isDue(files, { last, trusted, now })) presented = files.leaf;
      return presented !== last || files.authorities.join() !== before.join();
    },
  };
}

/** Since when each authority stands there, in ms since the epoch. */
function standingSince(
  authorities: readonly string[],
  known: ReadonlyMap<string, number>,
  now: number,
): ReadonlyMap<string, number> {
  return new Map(authorities.map((authority) => [authority, known.get(authority) ?? now]));
}

function isSame(one: ServingCertificate, other: ServingCertificate): boolean {
  return one.certificate === other.certificate && one.key === other.key;
}

/**
 * Whether the certificate of the files takes the place of the last one. Without `ca.crt` somebody else fills in the caBundle,
 * and nothing is known of it; a last one that ends before the next look is worth nothing.
 */
function isDue(
  { leaf, authorities }: Files,
  {
    last,
    trusted,
    now,
  }: { readonly last: ServingCertificate; readonly trusted: readonly string[]; readonly now: number },
): boolean {
  if (authorities.length === 0 || !isValidAt(last, now + TICK_MS)) return true;
  return trusted.some((authority) => isSignedBy(leaf.certificate, authority));
}

async function readFiles(folder: string): Promise<Files> {
  const [certificate, key] = await Promise.all([readPem(folder, 'tls.crt'), readPem(folder, 'tls.key')]);
  const read = certificateFromPem(certificate);
  if (!read.ok) throw new MaintError('usage', `${join(folder, 'tls.crt')} is not a certificate in PEM`);
  // Whoever swaps the files may do so between the two reads.
  if (!isKeyOf(read.value, key)) {
    throw new MaintError('usage', `${join(folder, 'tls.key')} is not the key of ${join(folder, 'tls.crt')}`);
  }
  const authorities = await readPem(folder, 'ca.crt').catch(() => '');
  const { validFrom, validTo } = read.value;
  return {
    leaf: { certificate, key, notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo) },
    authorities: certificatesIn(authorities),
  };
}

function isKeyOf(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

async function readPem(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (thrown) {
    throw new MaintError('usage', `cannot read ${join(folder, name)}: ${messageOf(thrown)}`, { cause: thrown });
  }
}
