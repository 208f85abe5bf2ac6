import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ArchivedFile } from './archived-file.ts';
import { tar } from './tar.ts';
import { zip } from './zip.ts';

/** An archive in the format that its name says. The same files make the same bytes: they have no owner and no time. */
export async function archive(name: string, files: readonly ArchivedFile[]): Promise<Buffer> {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return name.endsWith('.zip') ? zip(sorted) : await promisify(gzip)(tar(sorted));
}
