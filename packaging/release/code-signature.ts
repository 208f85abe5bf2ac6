/**
 * Ad-hoc code signatures of macOS: they name no signer, and say that a program is whole. Format: kern/cs_blobs.h of
 * Apple's XNU; contents: those that linkers write.
 */
import { createHash } from 'node:crypto';

/** What a hash covers: linkers use 4 KiB on both architectures. */
const HASH_PAGE_BITS = 12;
const HASH_PAGE = 1 << HASH_PAGE_BITS;
const HASH_SIZE = 32;

/** Blobs of a signature are big-endian: a SuperBlob with one entry, then the CodeDirectory of version 0x20400. */
const SUPER_BLOB = { magic: 0xfade0cc0, size: 20 };
const CODE_DIRECTORY = { magic: 0xfade0c02, size: 88, version: 0x20400 };
/** CS_ADHOC and CS_LINKER_SIGNED: `codesign` may replace it without being forced to. */
const FLAGS = 0x20002;
const SHA256 = 2;
const MAIN_BINARY = 1n;

/** The size of the signature of so many bytes of code. */
export function signatureSize(codeSize: number, identifier: string): number {
  return SUPER_BLOB.size + hashesOffset(identifier) + Math.ceil(codeSize / HASH_PAGE) * HASH_SIZE;
}

function hashesOffset(identifier: string): number {
  return CODE_DIRECTORY.size + identifier.length + 1;
}

/** The signature of a program's bytes up to the signature itself, of which so many are the segment __TEXT. */
export function adHocSignature(code: Buffer, identifier: string, textSize: bigint): Buffer {
  const size = signatureSize(code.length, identifier);
  const blob = Buffer.alloc(size);
  // Magic, size, number of entries; of the entry: type 0 (a CodeDirectory) and offset.
  [SUPER_BLOB.magic, size, 1, 0, SUPER_BLOB.size].forEach((word, index) => blob.writeUInt32BE(word, index * 4));

  const directory = blob.subarray(SUPER_BLOB.size);
  const pages = Math.ceil(code.length / HASH_PAGE);
  const words = [
    CODE_DIRECTORY.magic,
    directory.length,
    CODE_DIRECTORY.version,
    FLAGS,
    hashesOffset(identifier),
    CODE_DIRECTORY.size,
    0, // special slots: no requirements, no entitlements
    pages,
    code.length,
  ];
  words.forEach((word, index) => directory.writeUInt32BE(word, index * 4));
  directory.set([HASH_SIZE, SHA256, 0, HASH_PAGE_BITS], 36);
  // From 40 on: no scatter, no team, no limit beyond 4 GiB. Then the executable segment: offset 0, size, flags.
  directory.writeBigUInt64BE(textSize, 72);
  directory.writeBigUInt64BE(MAIN_BINARY, 80);
  directory.write(`${identifier}\0`, CODE_DIRECTORY.size, 'latin1');
  for (let page = 0; page < pages; page += 1) {
    const hash = createHash('sha256').update(code.subarray(page * HASH_PAGE, (page + 1) * HASH_PAGE));
    directory.set(hash.digest(), hashesOffset(identifier) + page * HASH_SIZE);
  }
  return blob;
}
