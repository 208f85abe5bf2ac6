import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MaintError, messageOf } from '../../shared/index.ts';
import { certificateFromPem, certificatesIn } from './authority.ts';
import type { CertificateSource, ServingCertificate } from './source.ts';

/** What a mounted Secret of type kubernetes.io/tls holds; cert-manager adds the authority. */
interface Files {
  readonly leaf: ServingCertificate;
  readonly authorities: readonly string[];
}

/**
 * A source that somebody else keeps: `tls.crt`, `tls.key` and, where it is there, `ca.crt` in a folder. They are read
 * anew at each refresh; what cannot be read then leaves the last certificate in place. Throws MaintError('usage').
 */
export async function certificatesFromFolder(folder: string): Promise<CertificateSource> {
  let files = await readFiles(folder);
  return {
    current: () => files.leaf,
    authorities: () => files.authorities,
    signerNotAfter: () => {
      const [first] = files.authorities;
      const read = first === undefined ? undefined : certificateFromPem(first);
      return read?.ok === true ? Date.parse(read.value.validTo) : undefined;
    },
    refresh: async () => {
      const before = files;
      files = await readFiles(folder);
      return (
        files.leaf.certificate !== before.leaf.certificate ||
        files.leaf.key !== before.leaf.key ||
        files.authorities.join() !== before.authorities.join()
      );
    },
  };
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
