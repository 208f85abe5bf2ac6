import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileAddress, type Published } from '../published.ts';
import { archive } from './archive.ts';

/** What a chart is installed by; tests of it (`ci/`) stay here, as `.helmignore` says to Helm. */
const LEFT_OUT = /^(?:ci\/|\.helmignore$)/;

/**
 * The chart as `helm push` takes it; the same bytes each time, which `helm package` does not promise. Its README leads to
 * pages of the repository, which the archive does not have: there it names them by their addresses.
 */
export async function chartArchive(folder: string, published: Published): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .filter((path) => !LEFT_OUT.test(path));
  const files = paths.map(async (path) => ({
    name: `kubectl-maint/${path}`,
    mode: 0o644,
    bytes: path === 'README.md' ? await readmeOf(folder, published) : await readFile(join(folder, path)),
  }));
  return archive('chart.tgz', await Promise.all(files));
}

async function readmeOf(folder: string, published: Published): Promise<Buffer> {
  const text = await readFile(join(folder, 'README.md'), 'utf8');
  return Buffer.from(text.replaceAll('](../../', `](${fileAddress(published, '')}`));
}
