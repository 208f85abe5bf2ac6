import { readFile, stat } from 'node:fs/promises';
import { isPassing, MaintError, messageOf, type Cluster } from '../../../../../shared/index.ts';
import type { Expectation } from '../../../../expectations/expectation.ts';
import { Resources } from '../../../../expectations/resources.ts';
import { resolved, unmet, type Resolved } from '../../../../expectations/unmet.ts';
import type { Check } from '../checks.ts';
import { parseCheckFile } from './lines.ts';

/** Largest file, in bytes: 100 lines of 640. */
const MAX_BYTES = 64_000;

/**
 * `--check-file`: what its lines expect of objects. Everything that is wrong with it is found out now: a line that nobody can
 * read, a type that is not there, objects that the caller may not read. Throws MaintError.
 */
export async function checkFile(path: string, cluster: Cluster): Promise<Check> {
  const lines = await resolve(parseCheckFile(await textOf(path), path), path, cluster);
  for (const one of lines) await unmet(one, cluster);
  return async (_, timeoutMs) => {
    const options = timeoutMs === 0 ? {} : { signal: AbortSignal.timeout(timeoutMs) };
    try {
      const found = await Promise.all(lines.map((one) => unmetIn(one, cluster, options)));
      return found.flat();
    } catch (thrown) {
      if (thrown instanceof MaintError && !isPassing(thrown)) throw thrown;
      return [`--check-file could not be asked: ${messageOf(thrown)}`];
    }
  };
}

async function unmetIn(
  one: Resolved,
  cluster: Cluster,
  options: { readonly signal?: AbortSignal },
): Promise<readonly string[]> {
  const why = await unmet(one, cluster, options);
  return why.map((text) => `line ${one.expectation.line}: ${text}`);
}

async function textOf(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new MaintError('usage', `has ${size} bytes; ${MAX_BYTES} are the most`);
    return await readFile(path, 'utf8');
  } catch (thrown) {
    throw new MaintError('usage', `--check-file: ${path}: ${messageOf(thrown)}`, { hint: 'nothing was changed' });
  }
}

async function resolve(
  expectations: readonly Expectation[],
  path: string,
  cluster: Cluster,
): Promise<readonly Resolved[]> {
  const resources = new Resources(cluster);
  const all: Resolved[] = [];
  for (const expectation of expectations) {
    const one = await resolved(expectation, resources).catch((thrown: unknown) => {
      if (!(thrown instanceof MaintError) || thrown.code !== 'usage') throw thrown;
      throw new MaintError('usage', `--check-file: ${path}, line ${expectation.line}: ${thrown.message}`, {
        hint: 'nothing was changed',
      });
    });
    all.push(one);
  }
  return all;
}
