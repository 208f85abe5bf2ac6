import { expect, test } from 'vitest';
import { withAdHocSignature } from '../../../../packaging/release/mach-o.ts';
import { signatureOf } from '../../../support/mach-o-signature.ts';

const HEADER = 32;
const SEGMENT = 72;
const SECTION = 80;

/** The least that is a program for macOS: __TEXT with a section at `textAt`, then __LINKEDIT. */
function program({ textAt = 4096, size = 10_000 } = {}): Buffer {
  const bytes = Buffer.alloc(size, 'x');
  bytes.fill(0, 0, textAt);
  bytes.writeUInt32LE(0xfeedfacf, 0);
  bytes.writeUInt32LE(2, 16);
  bytes.writeUInt32LE(2 * SEGMENT + SECTION, 20);
  writeSegment(bytes, HEADER, { name: '__TEXT', offset: 0, size: 8192, sections: 1 });
  bytes.writeUInt32LE(textAt, HEADER + SEGMENT + 48);
  writeSegment(bytes, HEADER + SEGMENT + SECTION, { name: '__LINKEDIT', offset: 8192, size: size - 8192, sections: 0 });
  return bytes;
}

function writeSegment(
  bytes: Buffer,
  at: number,
  segment: { name: string; offset: number; size: number; sections: number },
): void {
  bytes.writeUInt32LE(0x19, at);
  bytes.writeUInt32LE(SEGMENT + SECTION * segment.sections, at + 4);
  bytes.write(segment.name, at + 8);
  bytes.writeBigUInt64LE(BigInt(segment.offset), at + 40);
  bytes.writeBigUInt64LE(BigInt(segment.size), at + 48);
  bytes.writeUInt32LE(segment.sections, at + 64);
}

test.each([10_000, 8192, 12_288, 12_289])('a program of %i bytes is signed to its last byte', (size) => {
  const signed = withAdHocSignature(program({ size }), 'tool');
  const facts = signatureOf(signed);
  expect(facts).toMatchObject({ identifier: 'tool', adHoc: true, badPages: [] });
  expect(facts.codeSize).toBeGreaterThanOrEqual(size);
  expect(facts.codeSize + facts.size).toBe(signed.length);
});

test('a byte that is changed later shows', () => {
  const signed = withAdHocSignature(program(), 'tool');
  signed[9000] = 0;
  expect(signatureOf(signed).badPages).toEqual([2]);
});

test('what is inside stays as it is', () => {
  const plain = program();
  expect(withAdHocSignature(plain, 'tool').subarray(4096, plain.length)).toEqual(plain.subarray(4096));
});

test.each([
  ['another format', Buffer.from('\x7fELF, and more', 'latin1'), /no 64-bit program for macOS/],
  ['one that is signed', withAdHocSignature(program(), 'tool'), /signed already/],
  ['one without room in its header', program({ textAt: HEADER + 2 * SEGMENT + SECTION + 8 }), /no room/],
])('%s is refused', (_, bytes, why) => {
  expect(() => withAdHocSignature(bytes, 'tool')).toThrow(why);
});
