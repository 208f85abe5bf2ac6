import { expect, test } from 'vitest';
import { withoutSymbols } from '../../../../packaging/image/elf.ts';
import { layerOf, type Entry } from '../../../../packaging/image/layer.ts';

const FILES: readonly Entry[] = [
  { kind: 'file', path: 'usr/bin/node', mode: 0o755, bytes: Buffer.from('node') },
  { kind: 'folder', path: 'usr', mode: 0o700 },
  { kind: 'link', path: 'bin', to: 'usr/bin' },
];

test('the same entries make the same layer, in whatever order they come', async () => {
  const [one, other] = await Promise.all([layerOf(FILES), layerOf(FILES.toReversed())]);
  expect(other).toEqual(one);
  expect(one.diffId).toMatch(/^sha256:[0-9a-f]{64}$/);
  const changed = await layerOf([...FILES, { kind: 'folder', path: 'tmp', mode: 0o1777 }]);
  expect(changed.diffId).not.toBe(one.diffId);
});

/** A program of one segment, with something behind it. */
function program(): Buffer {
  const bytes = Buffer.alloc(64 + 56 + 8 + 100);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]).copy(bytes);
  bytes.writeBigUInt64LE(64n, 0x20);
  bytes.writeBigUInt64LE(200n, 0x28);
  bytes.writeUInt16LE(56, 0x36);
  bytes.writeUInt16LE(1, 0x38);
  bytes.writeUInt16LE(9, 0x3c);
  bytes.writeUInt16LE(8, 0x3e);
  bytes.writeBigUInt64LE(120n, 64 + 0x08);
  bytes.writeBigUInt64LE(8n, 64 + 0x20);
  return bytes;
}

test('of a program what no segment is made of goes, and the table of sections', () => {
  const stripped = withoutSymbols(program());
  expect(stripped.length).toBe(64 + 56 + 8);
  expect([stripped.readBigUInt64LE(0x28), stripped.readUInt16LE(0x3c), stripped.readUInt16LE(0x3e)]).toEqual([
    0n,
    0,
    0,
  ]);
  expect(withoutSymbols(stripped)).toEqual(stripped);
});

test('what is no program for Linux is said so', () => {
  expect(() => withoutSymbols(Buffer.from('MZ not this'))).toThrow('this is no 64-bit program for Linux');
});
