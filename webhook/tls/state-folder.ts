import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MaintError, messageOf, renderProblem } from '../../shared/index.ts';
import { authorityFromPem, type Authority } from './authority.ts';

/** The file in a state folder that holds the authority: its certificate and its key, one after the other, as PEM. */
export const AUTHORITY_FILE = 'authority.pem';

/** Nobody but its owner reads the key: whoever has it can pretend to be the webhook. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/**
 * The authority that a state folder keeps, or the one that `issue` makes for it: API servers trust it by their
 * registration, so a process that comes back has to bring the same. Throws MaintError('usage') where the folder cannot be
 * used, or where the file holds something else: overwritten, it would be gone for good.
 */
export async function keptAuthority(folder: string, issue: () => Promise<Authority>): Promise<Authority> {
  const file = join(folder, AUTHORITY_FILE);
  try {
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    const kept = await readFile(file, 'utf8').catch(missing);
    if (kept === undefined) await writeNew(file, await issue());
    await chmod(file, FILE_MODE);
    return authorityIn(kept ?? (await readFile(file, 'utf8')), file);
  } catch (thrown) {
    if (thrown instanceof MaintError) throw thrown;
    const message = `cannot keep the authority in ${folder}: ${messageOf(thrown)}`;
    throw new MaintError('usage', message, { cause: thrown, hint: 'give a folder of your own with --state-dir' });
  }
}

/**
 * Written beside and linked: of processes that begin at once one gives its authority to all, and nobody reads half of
 * it. The name beside is each one's own: processes in two containers may have the same id, and whoever wrote into the
 * other's file would change what is linked already.
 */
async function writeNew(file: string, { certificate, key }: Authority): Promise<void> {
  const beside = `${file}.${randomUUID()}`;
  await writeFile(beside, `${certificate.trim()}\n${key.trim()}\n`, { mode: FILE_MODE });
  try {
    await link(beside, file);
  } catch (thrown) {
    if (!hasCode(thrown, 'EEXIST')) throw thrown;
  } finally {
    await rm(beside, { force: true });
  }
}

const PARTS = /(-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----)\s+(-----BEGIN [^]+)/;

function authorityIn(text: string, file: string): Authority {
  const [, certificate = '', key = ''] = PARTS.exec(text) ?? [];
  const read = authorityFromPem(certificate, key);
  if (read.ok) return read.value;
  throw new MaintError('usage', `${file} holds no authority: ${read.problems.map(renderProblem).join('; ')}`, {
    hint: 'move it away to have a new one made; the registration has to trust that one then',
  });
}

function missing(thrown: unknown): undefined {
  if (!hasCode(thrown, 'ENOENT')) throw thrown;
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code;
}
