import { issueAuthority, issueLeaf } from './issue.ts';
import { keptAuthority } from './state-folder.ts';
import { renewalOf, type CertificateSource } from './source.ts';

/** What a source with an authority of its own depends on. */
export interface OwnAuthority {
  /** Names and addresses by which callers know this process. */
  readonly names: readonly string[];
  /** Folder that keeps the authority over restarts; undefined: it lives in memory alone. */
  readonly stateFolder: string | undefined;
}

/** The authority of a process: its operator hands it to the API server, so it lasts as long as a machine, ten years. */
const LIFE_MS = 3650 * 86_400_000;

/**
 * A source with an authority of its own, from its state folder or made now. Its serving certificate is made at each start
 * and renewed at two thirds of its life; it lives in memory. Throws MaintError('usage') where the folder cannot be used.
 */
export async function selfIssuedCertificates(
  { names, stateFolder }: OwnAuthority,
  now: number,
): Promise<CertificateSource> {
  const issue = () => issueAuthority(now, LIFE_MS);
  const authority = await (stateFolder === undefined ? issue() : keptAuthority(stateFolder, issue));
  let leaf = await issueLeaf(authority, names, now);
  return {
    current: () => leaf,
    authorities: () => [authority.certificate],
    signerNotAfter: () => authority.notAfter,
    whyWaiting: () => undefined,
    refresh: async (later) => {
      if (later < renewalOf(leaf)) return false;
      leaf = await issueLeaf(authority, names, later);
      return true;
    },
  };
}
