import { readFile } from 'node:fs/promises';
import { MaintError, messageOf } from '../../shared/index.ts';
import { bundleOf, certificatesIn } from './authority.ts';
import type { CertificateSource } from './source.ts';

/**
 * A source whose certificates are presented to callers of some authorities alone, which stand in a file. It is read anew
 * at each refresh; what cannot be read then leaves the last authorities in place. Throws MaintError('usage').
 */
export async function withKnownCallers(source: CertificateSource, file: string): Promise<CertificateSource> {
  let leaf = source.current();
  let shown = { ...leaf, callers: await readAuthorities(file) };
  return {
    current: () => shown,
    authorities: () => source.authorities(),
    signerNotAfter: () => source.signerNotAfter(),
    whyWaiting: () => source.whyWaiting(),
    refresh: async (now) => {
      const isRefreshed = await source.refresh(now);
      const callers = await readAuthorities(file);
      if (source.current() === leaf && callers === shown.callers) return isRefreshed;
      leaf = source.current();
      shown = { ...leaf, callers };
      return true;
    },
  };
}

/** An empty bundle would let in whoever has a certificate of a public authority. */
async function readAuthorities(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new MaintError('usage', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  });
  const found = certificatesIn(text);
  if (found.length === 0) throw new MaintError('usage', `${file} holds no certificate in PEM: nobody could call`);
  return bundleOf(found);
}
