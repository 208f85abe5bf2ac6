import { generateKeyPair, randomBytes, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { normalPem, type Authority } from './authority.ts';
import type { ServingCertificate } from './source.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Clocks of API servers may be behind ours. */
const EARLIER_MS = HOUR_MS;
/** Replaced with an overlap at two thirds of it. */
export const AUTHORITY_LIFE_MS = 365 * DAY_MS;
/** The server's certificate, renewed without a restart at two thirds of it. */
export const LEAF_LIFE_MS = 30 * DAY_MS;
/** node-forge signs with RSA only; 2048 bits are what Kubernetes' own authorities use. */
const KEY_BITS = 2048;

interface Signing {
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: string;
  readonly signingKey: string;
  readonly extensions: object[];
}

/** A new authority, good for `lifeMs`. Its key is made off the event loop; signing takes the loop some 60 ms. */
export async function issueAuthority(now: number, lifeMs = AUTHORITY_LIFE_MS): Promise<Authority> {
  const { publicKey, privateKey } = await newKeyPair();
  const notBefore = now - EARLIER_MS;
  const notAfter = now + lifeMs;
  const certificate = sign({
    subject: AUTHORITY_NAME,
    issuer: AUTHORITY_NAME,
    notBefore,
    notAfter,
    publicKey,
    signingKey: privateKey,
    extensions: [
      { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
      { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
      { name: 'subjectKeyIdentifier' },
    ],
  });
  return { certificate, key: privateKey, notBefore, notAfter };
}

/** A serving certificate for DNS names and IP addresses, never good for longer than its authority. */
export async function issueLeaf(
  authority: Authority,
  names: readonly string[],
  now: number,
): Promise<ServingCertificate> {
  const { publicKey, privateKey } = await newKeyPair();
  const notBefore = now - EARLIER_MS;
  const notAfter = Math.min(now + LEAF_LIFE_MS, authority.notAfter);
  const certificate = sign({
    subject: 'maint-webhook',
    issuer: AUTHORITY_NAME,
    notBefore,
    notAfter,
    publicKey,
    signingKey: authority.key,
    extensions: [
      { name: 'basicConstraints', critical: true, cA: false },
      { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: names.map(altName) },
      { name: 'subjectKeyIdentifier' },
      { name: 'authorityKeyIdentifier', keyIdentifier: keyIdentifierOf(authority) },
    ],
  });
  return { certificate, key: privateKey, notBefore, notAfter };
}

const AUTHORITY_NAME = 'maint-webhook CA';
/** Subject alternative name types (RFC 5280, GeneralName). */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

function altName(name: string): object {
  return isIP(name) === 0 ? { type: DNS_NAME, value: name } : { type: IP_ADDRESS, ip: name };
}

async function newKeyPair(): Promise<{ publicKey: string; privateKey: string }> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

function sign(signing: Signing): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(signing.publicKey);
  certificate.serialNumber = newSerial();
  certificate.validity.notBefore = new Date(signing.notBefore);
  certificate.validity.notAfter = new Date(signing.notAfter);
  certificate.setSubject([{ name: 'commonName', value: signing.subject }]);
  certificate.setIssuer([{ name: 'commonName', value: signing.issuer }]);
  certificate.setExtensions(signing.extensions);
  certificate.sign(forge.pki.privateKeyFromPem(signing.signingKey), forge.md.sha256.create());
  return normalPem(new X509Certificate(forge.pki.certificateToPem(certificate)));
}

/**
 * A random serial of 128 bits. Its first byte is kept between 0x40 and 0x7f: a higher one would make the number
 * negative, a zero would not be DER, and strict readers (Go) refuse both.
 */
export function newSerial(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString('hex');
}

function keyIdentifierOf(authority: Authority): string {
  return forge.pki.certificateFromPem(authority.certificate).generateSubjectKeyIdentifier().getBytes();
}
