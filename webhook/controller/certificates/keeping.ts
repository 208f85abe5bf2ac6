import type { Log } from '../../log.ts';
import type { TermPorts } from '../term.ts';
import { FolderAuthorities } from './folder-authorities.ts';
import { OwnCertificates, type OwnCertificatesOptions } from './own-certificates.ts';

/** Who makes the webhook's certificates. */
export type CertificateKeeping =
  | ({ readonly by: 'controller' } & OwnCertificatesOptions)
  /** Somebody else, whose `ca.crt` is in a folder. */
  | { readonly by: 'others'; readonly folder: string };

/** What a controller has to know of authorities, for each of its terms anew. */
export function certificatesBy(
  keeping: CertificateKeeping,
  ports: { readonly log: Log; readonly trustedMs?: number | undefined },
): TermPorts['authoritiesFor'] {
  return (cluster, trust) =>
    keeping.by === 'others'
      ? new FolderAuthorities(keeping.folder)
      : new OwnCertificates(keeping, { ...ports, ...trust, cluster });
}
