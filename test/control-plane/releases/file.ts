import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { renderElapsed } from '../elapsed.ts';
import { MOST_ATTEMPTS, MOST_BYTES, MOST_CHECKSUM_BYTES } from './limits.ts';
import { isTooSlow, renderDownload } from './progress.ts';
import { DownloadError, request, type Connection } from './request.ts';

/** Hears how many bytes of a file are there, and how many it will have, if that is known. */
export type Heard = (received: number, total: number | undefined) => void;

/**
 * Downloads a file to a path, or the rest of it where a part is there. What is cut off goes on where it was, as long as
 * each attempt brings something; the part stays when it ends with an error.
 */
export async function downloadFile(url: URL, path: string, connection: Connection, heard: Heard): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await sizeOf(path);
    try {
      await downloadRest(url, path, connection, heard);
      return;
    } catch (error) {
      const last = attempt === MOST_ATTEMPTS || (await sizeOf(path)) === before;
      if (error instanceof DownloadError || last) throw error;
    }
  }
}

async function downloadRest(url: URL, path: string, connection: Connection, heard: Heard): Promise<void> {
  const asked = await sizeOf(path);
  const answer = await request(url, asked, connection);
  if (answer.statusCode === 416) {
    answer.destroy();
    if (asked === 0) throw new DownloadError(`${url.host} answered 416 for ${url.pathname}`);
    // What is there is all of this file already, or no part of it.
    await rm(path, { force: true });
    return downloadRest(url, path, connection, heard);
  }
  const from = answer.statusCode === 206 ? asked : 0;
  if (from > 0 && !(answer.headers['content-range'] ?? '').startsWith(`bytes ${from}-`)) {
    answer.destroy();
    throw new DownloadError(`${url.host} answered with another part of ${url.pathname} than was asked for`);
  }
  const total = lengthOf(answer, from);
  const judge = judging({ url, from, total, mostMs: connection.patience.fileMs }, heard);
  const chunks: AsyncIterable<Buffer> = answer;
  const broken: Error[] = [];
  // A broken source would break off the writing too; so it ends instead, and what has come is kept.
  const received = async function* (): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of chunks) {
        judge(chunk.length);
        yield chunk;
      }
    } catch (error) {
      broken.push(error instanceof Error ? error : new Error(String(error)));
    }
  };
  await pipeline(received, createWriteStream(path, { flags: from > 0 ? 'a' : 'w' }));
  const [error] = broken;
  if (error !== undefined) throw error;
}

function lengthOf(answer: IncomingMessage, from: number): number | undefined {
  const length = Number(answer.headers['content-length'] ?? Number.NaN);
  return Number.isSafeInteger(length) ? from + length : undefined;
}

interface Expected {
  readonly url: URL;
  readonly from: number;
  readonly total: number | undefined;
  readonly mostMs: number;
}

/** Counts what comes, and throws DownloadError as soon as it is too much or too slow. */
function judging({ url, from, total, mostMs }: Expected, heard: Heard): (bytes: number) => void {
  const start = Date.now();
  let received = 0;
  return (bytes) => {
    received += bytes;
    heard(from + received, total);
    if (Math.max(from + received, total ?? 0) > MOST_BYTES) {
      throw new DownloadError(`${url.host}${url.pathname} has more than ${MOST_BYTES / 2 ** 20} MiB`);
    }
    const left = total === undefined ? undefined : total - from;
    const progress = { received, total: left, elapsedMs: Date.now() - start };
    if (isTooSlow(progress, mostMs)) {
      throw new DownloadError(
        `${url.host}${url.pathname} comes too slowly (${renderDownload(progress)}; it may take ${renderElapsed(mostMs)})`,
      );
    }
  };
}

/** A short text, such as a list of checksums. */
export async function downloadText(url: URL, connection: Connection): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  const answer: AsyncIterable<Buffer> = await request(url, 0, connection);
  for await (const bytes of answer) {
    length += bytes.length;
    if (length > MOST_CHECKSUM_BYTES) {
      throw new DownloadError(`${url.host}${url.pathname} has more than ${MOST_CHECKSUM_BYTES / 2 ** 10} KiB`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The SHA-256 of a file, in hexadecimal digits. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
