import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { ZipFile } from 'yazl';
import type { ArchivedFile } from './archived-file.ts';

/** An archive in the format that its name says. The same files make the same bytes: they have no owner and no time. */
export async function archive(name: string, files: readonly ArchivedFile[]): Promise<Buffer> {
  const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return name.endsWith('.zip') ? zip(sorted) : await promisify(gzip)(await tar(sorted));
}

function tar(files: readonly ArchivedFile[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, mode, bytes } of files) archive.entry({ name, mode, mtime: new Date(0) }, bytes);
  archive.finalize();
  return buffer(archive);
}

function zip(files: readonly ArchivedFile[]): Promise<Buffer> {
  const archive = new ZipFile();
  // The format's first moment, in local time as the format has it: the same bytes in every time zone.
  for (const { name, mode, bytes } of files)
    archive.addBuffer(bytes, name, { mode: PLAIN_FILE | mode, mtime: new Date(1980, 0, 1), forceDosTimestamp: true });
  archive.end();
  return buffer(archive.outputStream);
}

/** The kind of a file in the attributes of Unix (stat(2), S_IFREG). */
const PLAIN_FILE = 0o100000;
