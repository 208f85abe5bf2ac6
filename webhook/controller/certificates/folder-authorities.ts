import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MaintError, messageOf } from '../../../shared/index.ts';
import { certificatesIn } from '../../tls/authority.ts';
import type { Authorities } from './authorities.ts';

/**
 * The authorities of certificates that somebody else makes: `ca.crt` in a folder, read anew each time. Where there is
 * none, somebody else fills in the caBundle.
 */
export class FolderAuthorities implements Authorities {
  readonly #file: string;
  #certificates: readonly string[] | undefined;

  constructor(folder: string) {
    this.#file = join(folder, 'ca.crt');
  }

  trusted(): readonly string[] | undefined {
    return this.#certificates;
  }

  async refresh(): Promise<void> {
    try {
      this.#certificates = certificatesIn(await readFile(this.#file, 'utf8'));
    } catch (thrown) {
      if (isMissing(thrown)) this.#certificates = [];
      else throw new MaintError('usage', `cannot read ${this.#file}: ${messageOf(thrown)}`, { cause: thrown });
    }
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}
