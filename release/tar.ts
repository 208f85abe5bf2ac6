import type { ArchivedFile } from './archived-file.ts';

/** Headers and contents take whole blocks, and two empty ones are the end. */
const BLOCK = 512;

/** A POSIX (ustar) archive. */
export function tar(files: readonly ArchivedFile[]): Buffer {
  const blocks = files.flatMap(({ name, mode, bytes }) => [
    header(name, mode, bytes.length),
    bytes,
    Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, mode: number, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108); // user
  block.write(octal(0, 8), 116); // group
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136); // time: the beginning of 1970
  block.write('0', 156); // a plain file
  block.write('ustar\x0000', 257);
  // The sum is taken with blanks in its place.
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)} `, 148);
  return block;
}

/** A number as octal digits and a NUL, so many bytes in all. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}
