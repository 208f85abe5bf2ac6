import { crc32, deflateRawSync } from 'node:zlib';
import type { ArchivedFile } from './archived-file.ts';

const VERSION = 20; // 2.0: deflate
const DEFLATE = 8;
/** The upper byte says that attributes are those of Unix: Windows ignores them, others keep the program executable. */
const MADE_BY = (3 << 8) | VERSION;
const PLAIN_FILE = 0o100000;
/** The first day of the format: 1 January 1980, 0:00. */
const DATE = (1 << 5) | 1;

/** A ZIP archive (PKWARE's APPNOTE, without its extensions: less than 4 GiB). */
export function zip(files: readonly ArchivedFile[]): Buffer {
  const contents: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, mode, bytes } of files) {
    const packed = deflateRawSync(bytes);
    const about = description(bytes, packed.length, name);
    const local = Buffer.concat([words('50 4b 03 04'), about, u16(0), Buffer.from(name)]);
    directory.push(
      Buffer.concat([
        words('50 4b 01 02'),
        u16(MADE_BY),
        about,
        u16(0, 0, 0, 0), // extra field, comment, disk, internal attributes
        u32((PLAIN_FILE | mode) * 2 ** 16, at),
        Buffer.from(name),
      ]),
    );
    contents.push(local, packed);
    at += local.length + packed.length;
  }
  const entries = Buffer.concat(directory);
  const end = [words('50 4b 05 06'), u16(0, 0, files.length, files.length), u32(entries.length, at), u16(0)];
  return Buffer.concat([...contents, entries, ...end]);
}

/** What a file's header and its entry in the directory both say. */
function description(bytes: Buffer, packedSize: number, name: string): Buffer {
  return Buffer.concat([
    u16(VERSION, 0, DEFLATE, 0, DATE), // no flags; the time is 0:00
    u32(crc32(bytes), packedSize, bytes.length),
    u16(name.length),
  ]);
}

function words(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, index) => bytes.writeUInt16LE(value, 2 * index));
  return bytes;
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => bytes.writeUInt32LE(value, 4 * index));
  return bytes;
}
