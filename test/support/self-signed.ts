import { isIP } from 'node:net';
import forge from 'node-forge';

/** A certificate with its key, as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** What differs between certificates: whom they are for, how many days they are valid (negative: expired), who signs. */
interface CertificateShape {
  readonly name?: string;
  readonly days?: number;
  /** Left out: it signs itself, and may sign others. */
  readonly issuer?: Identity;
  readonly cA?: boolean;
}

/** A certificate, for 127.0.0.1 or for another address or name. */
export function selfSigned({
  name = '127.0.0.1',
  days = 1,
  issuer,
  cA = issuer === undefined,
}: CertificateShape = {}): Identity {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() - 2 * 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + days * 86_400_000);
  const subject = [{ name: 'commonName', value: name }];
  certificate.setSubject(subject);
  certificate.setIssuer(issuer === undefined ? subject : forge.pki.certificateFromPem(issuer.cert).subject.attributes);
  const altName = isIP(name) !== 0 ? { type: 7, ip: name } : { type: 2, value: name };
  certificate.setExtensions([
    { name: 'basicConstraints', cA },
    { name: 'subjectAltName', altNames: [altName] },
  ]);
  const signer = issuer === undefined ? keys.privateKey : forge.pki.privateKeyFromPem(issuer.key);
  certificate.sign(signer, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: forge.pki.privateKeyToPem(keys.privateKey) };
}
