import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { publishedChecksum, type Asset } from './assets.ts';
import { downloadFile, downloadText, sha256Of, type Heard } from './file.ts';
import { DownloadError, type Connection } from './request.ts';
import type { Source } from './source.ts';

/** Where an asset comes from, and the folder where parts are kept until they are whole and verified. */
export interface Origin extends Connection {
  readonly source: Source;
  readonly partsFolder: string;
}

/** Downloads an asset and gives the path of the file, verified. Rejects with DownloadError, or an error of the system. */
export async function downloadVerified(asset: Asset, name: string, origin: Origin, heard: Heard): Promise<string> {
  const url = origin.source(asset);
  const { sha256, says } = await expected(asset, origin);
  // Named by what it is to become, so that a part of anything else is never gone on with.
  const path = join(origin.partsFolder, `${name}.${sha256}`);
  await downloadFile(url, path, origin, heard);
  const actual = await sha256Of(path);
  if (actual === sha256) return path;
  await rm(path, { force: true });
  throw new DownloadError(`the SHA-256 of ${url.href} is ${actual}, but ${says} ${sha256}`);
}

async function expected({ path, host, checksum }: Asset, origin: Origin): Promise<{ sha256: string; says: string }> {
  if ('pinned' in checksum) return { sha256: checksum.pinned, says: 'it is known to be' };
  const url = origin.source({ host, path: checksum.published });
  const sha256 = publishedChecksum(await downloadText(url, origin), path);
  if (sha256 === undefined) throw new DownloadError(`${url.href} has no SHA-256 of ${path}`);
  return { sha256, says: `${url.href} says` };
}
