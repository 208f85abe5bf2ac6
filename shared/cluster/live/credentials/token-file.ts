import { readFile } from 'node:fs/promises';
import { MaintError, messageOf } from '../../../errors.ts';
import type { ClientCertificate } from '../agent.ts';
import type { Pace } from '../pace.ts';
import { bearer, type CredentialSource } from './source.ts';

/** Age after which a token file is read again, as in client-go. The kubelet renews tokens at 80 % of an hour or more. */
const TOKEN_FILE_MS = 60_000;

export interface TokenFileOptions {
  readonly path: string;
  /** Sent until the file can be read, as in client-go. */
  readonly fallback: string | undefined;
  readonly certificate: ClientCertificate | undefined;
  readonly pace: Pace;
}

/**
 * A bearer token from a file that somebody renews. Where a later read fails the last token goes on being used;
 * `current` throws MaintError('cluster') where there never was one.
 */
export function tokenFromFile({ path, fallback, certificate, pace }: TokenFileOptions): CredentialSource {
  let token = fallback;
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    async current() {
      if (pace.now() - readAt >= TOKEN_FILE_MS) {
        token = await readToken(path, token);
        readAt = pace.now();
      }
      return { authorization: token === undefined ? undefined : bearer(token), certificate };
    },
    reload() {
      readAt = Number.NEGATIVE_INFINITY;
      return true;
    },
  };
}

async function readToken(path: string, before: string | undefined): Promise<string> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    if (text !== '') return text;
    if (before !== undefined) return before;
  } catch (cause) {
    if (before !== undefined) return before;
    throw new MaintError('cluster', `cannot read the token file ${path}: ${messageOf(cause)}`, { cause });
  }
  throw new MaintError('cluster', `the token file ${path} is empty`);
}
