/** Offsets of the ELF format, 64 bits and little-endian, as both architectures have it (elf(5)). */
const IDENTITY = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
const HEADER = { programs: 0x20, sections: 0x28, programSize: 0x36, programCount: 0x38, sectionCount: 0x3c };
const PROGRAM = { offset: 0x08, fileSize: 0x20 };

/**
 * A program without its symbols, which nothing needs that runs it: what no segment is made of stands at the end of the file,
 * and the table of sections with it. A third of Node.js.
 */
export function withoutSymbols(program: Buffer): Buffer {
  if (!program.subarray(0, IDENTITY.length).equals(IDENTITY)) throw new Error('this is no 64-bit program for Linux');
  const table = Number(program.readBigUInt64LE(HEADER.programs));
  const [size, count] = [program.readUInt16LE(HEADER.programSize), program.readUInt16LE(HEADER.programCount)];
  const ends = Array.from({ length: count }, (_, index) => {
    const at = table + index * size;
    return Number(program.readBigUInt64LE(at + PROGRAM.offset) + program.readBigUInt64LE(at + PROGRAM.fileSize));
  });
  const stripped = Buffer.from(program.subarray(0, Math.max(table + count * size, ...ends)));
  stripped.writeBigUInt64LE(0n, HEADER.sections);
  // Entry size stays; there are none, and so no names of them either.
  stripped.writeUInt16LE(0, HEADER.sectionCount);
  stripped.writeUInt16LE(0, HEADER.sectionCount + 2);
  return stripped;
}
