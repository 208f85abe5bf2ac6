import { certificatesFromFolder } from './files-source.ts';
import { selfIssuedCertificates } from './self-issued.ts';
import type { CertificateSource } from './source.ts';

/** Where the certificate comes from. */
export type CertificateOrigin =
  /** An authority of this process alone, for names by which callers know it; kept in a folder, or in memory. */
  | { readonly kind: 'self'; readonly names: readonly string[]; readonly stateFolder: string | undefined }
  /** A folder that somebody else keeps: the controller, cert-manager, or people. */
  | { readonly kind: 'folder'; readonly folder: string };

/** Opens a source; `standingMs` is for tests that do not wait for minutes. Throws MaintError('usage') where waiting does not help. */
export function openCertificates(
  origin: CertificateOrigin,
  now: number,
  standingMs?: number,
): Promise<CertificateSource> {
  return origin.kind === 'self'
    ? selfIssuedCertificates(origin, now)
    : certificatesFromFolder(origin.folder, now, standingMs);
}
