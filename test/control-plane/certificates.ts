import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { newSerial } from '../../webhook/tls/issue.ts';

/** Long enough for any run, short enough that nobody is tempted to use these certificates for real. */
const LIFETIME_MS = 30 * 24 * 60 * 60 * 1000;
/** Certificates are valid from a little earlier, for machines whose clock stepped back. */
const CLOCK_SLACK_MS = 60 * 60 * 1000;

/** Everything PEM: what the API server serves with, what clients verify it by, and the key of service account tokens. */
export interface Certificates {
  readonly ca: string;
  readonly servingCertificate: string;
  readonly servingKey: string;
  readonly serviceAccountKey: string;
  readonly serviceAccountPublicKey: string;
}

interface KeyPem {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** Makes a new authority and a serving certificate for 127.0.0.1, localhost and the in-cluster names. */
export async function issueCertificates(): Promise<Certificates> {
  const [authority, serving, serviceAccount] = await Promise.all([rsaKey(), rsaKey(), rsaKey()]);
  const authorityName = [{ name: 'commonName', value: 'control plane for tests' }];
  const ca = sign(authority, authorityName, { key: authority, name: authorityName, extensions: AUTHORITY });
  const leafName = [{ name: 'commonName', value: 'kube-apiserver' }];
  return {
    ca,
    servingCertificate: sign(authority, authorityName, { key: serving, name: leafName, extensions: SERVING }),
    servingKey: serving.privateKey,
    serviceAccountKey: serviceAccount.privateKey,
    serviceAccountPublicKey: serviceAccount.publicKey,
  };
}

/** RFC 5280, SubjectAlternativeName: 2 = a DNS name, 7 = an address. */
const DNS = 2;
const ADDRESS = 7;

const AUTHORITY: object[] = [
  { name: 'basicConstraints', cA: true, critical: true },
  { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  { name: 'subjectKeyIdentifier' },
];

const SERVING: object[] = [
  { name: 'basicConstraints', cA: false, critical: true },
  { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
  { name: 'extKeyUsage', serverAuth: true },
  {
    name: 'subjectAltName',
    altNames: [
      { type: ADDRESS, ip: '127.0.0.1' },
      // The Service `kubernetes`, which pods know by this address: the first of the range in command-lines.ts.
      { type: ADDRESS, ip: '10.96.0.1' },
      { type: DNS, value: 'localhost' },
      { type: DNS, value: 'kubernetes.default.svc' },
    ],
  },
];

interface Subject {
  readonly key: KeyPem;
  readonly name: forge.pki.CertificateField[];
  readonly extensions: object[];
}

function sign(authority: KeyPem, issuer: forge.pki.CertificateField[], subject: Subject): string {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(subject.key.publicKey);
  certificate.serialNumber = newSerial();
  certificate.validity.notBefore = new Date(Date.now() - CLOCK_SLACK_MS);
  certificate.validity.notAfter = new Date(Date.now() + LIFETIME_MS);
  certificate.setSubject(subject.name);
  certificate.setIssuer(issuer);
  certificate.setExtensions(subject.extensions);
  certificate.sign(forge.pki.privateKeyFromPem(authority.privateKey), forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}

async function rsaKey(): Promise<KeyPem> {
  return promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}
