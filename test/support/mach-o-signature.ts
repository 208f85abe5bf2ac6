import { createHash } from 'node:crypto';

/** What a program's code signature says, and what is not as it says. */
export interface SignatureFacts {
  readonly identifier: string;
  readonly adHoc: boolean;
  /** Bytes before the signature, and of it. */
  readonly codeSize: number;
  readonly size: number;
  /** How many pages are hashed, and which of them have another hash. */
  readonly pages: number;
  readonly badPages: readonly number[];
}

/** Reads a signature as the kernel does: load command, SuperBlob, CodeDirectory, a hash per page. */
export function signatureOf(program: Buffer): SignatureFacts {
  const command = commandOf(program, 0x1d);
  const [codeSize, size] = [program.readUInt32LE(command + 8), program.readUInt32LE(command + 12)];
  const blob = program.subarray(codeSize, codeSize + size);
  if (blob.readUInt32BE(0) !== 0xfade0cc0) throw new Error('the load command does not lead to a signature');
  const directory = blob.subarray(blob.readUInt32BE(16));
  if (directory.readUInt32BE(0) !== 0xfade0c02) throw new Error('the signature does not begin with a code directory');
  const [hashesAt, identifierAt] = [directory.readUInt32BE(16), directory.readUInt32BE(20)];
  const [pages, limit] = [directory.readUInt32BE(28), directory.readUInt32BE(32)];
  const pageSize = 2 ** directory.readUInt8(39);
  const badPages = Array.from({ length: pages }, (_, page) => page).filter((page) => {
    const bytes = program.subarray(page * pageSize, Math.min((page + 1) * pageSize, limit));
    const said = directory.subarray(hashesAt + page * 32, hashesAt + (page + 1) * 32);
    return !createHash('sha256').update(bytes).digest().equals(said);
  });
  return {
    identifier: directory.toString('latin1', identifierAt, directory.indexOf(0, identifierAt)),
    adHoc: (directory.readUInt32BE(12) & 2) !== 0,
    codeSize: limit,
    size,
    pages,
    badPages,
  };
}

function commandOf(program: Buffer, kind: number): number {
  let at = 32;
  for (let left = program.readUInt32LE(16); left > 0; left -= 1) {
    if (program.readUInt32LE(at) === kind) return at;
    at += program.readUInt32LE(at + 4);
  }
  throw new Error(`the program has no load command ${kind}`);
}
