import { randomUUID } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import type { Tokens } from '../credentials/oidc.ts';
import type { Entry } from './files.ts';

/**
 * Writes renewed tokens back to the user's kubeconfig, as kubectl does; everything else in the file stays as written.
 * A file that cannot be written (read only, in a Secret) is left alone: the tokens then live as long as this process.
 */
export async function keepTokens(user: Entry, tokens: Tokens): Promise<void> {
  try {
    const document = parseDocument(await readFile(user.file, 'utf8'), { merge: true, uniqueKeys: false });
    const users = document.get('users');
    const found = isSeq(users) ? users.items.find((item) => isMap(item) && item.get('name') === user.name) : undefined;
    if (!isMap(found) || !hasProvider(found)) return;
    found.setIn(['user', 'auth-provider', 'config', 'id-token'], tokens.idToken);
    found.setIn(['user', 'auth-provider', 'config', 'refresh-token'], tokens.refreshToken);
    await replace(user.file, document.toString({ lineWidth: 0 }));
  } catch {
    return;
  }
}

function hasProvider(user: YAMLMap): boolean {
  return isScalar(user.getIn(['user', 'auth-provider', 'config', 'idp-issuer-url'], true));
}

/** Through a neighbour file and a rename: a reader sees the old file or the new one, never half of it. */
async function replace(file: string, text: string): Promise<void> {
  const { mode } = await stat(file);
  const next = `${file}.maint-${randomUUID()}`;
  await writeFile(next, text, { mode, flag: 'wx' });
  await rename(next, file);
}
