import { createReadStream, createWriteStream } from 'node:fs';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { MOST_BYTES } from './limits.ts';
import { DownloadError } from './request.ts';

/**
 * Writes one file of a tar.gz to a path. Names in the archive decide nothing but which file that is: it has to be a plain
 * file of exactly that name. Rejects with DownloadError.
 */
export async function unpack(archive: string, member: string, path: string, mostBytes = MOST_BYTES): Promise<void> {
  const entries = extract();
  const read = pipeline(createReadStream(archive), createGunzip(), atMost(mostBytes, archive), entries);
  const write = async (): Promise<boolean> => {
    let found = false;
    for await (const entry of entries) {
      if (!found && entry.header.name === member && entry.header.type === 'file') {
        found = true;
        await pipeline(entry, createWriteStream(path));
      } else {
        entry.resume();
      }
    }
    return found;
  };
  const [, found] = await Promise.all([read, write()]);
  if (!found) throw new DownloadError(`there is no file ${member} in the archive`);
}

/** A small archive can be packed from more than a disk has. */
function atMost(bytes: number, archive: string): Transform {
  let seen = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done: TransformCallback) => {
      seen += chunk.length;
      if (seen <= bytes) done(null, chunk);
      else done(new DownloadError(`${archive} unpacks to more than ${bytes.toLocaleString('en-US')} bytes`));
    },
  });
}
