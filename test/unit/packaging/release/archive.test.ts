import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archive } from '../../../../packaging/release/archive.ts';
import type { ArchivedFile } from '../../../../packaging/release/archived-file.ts';
import { runProgram } from '../../../support/plugin-run.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-archive-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Around the size of a block of tar. */
const FILES: readonly ArchivedFile[] = [0, 1, 511, 512, 513].map((size) => ({
  name: `file-${size}`,
  mode: size === 512 ? 0o755 : 0o644,
  bytes: Buffer.alloc(size, 'x'),
}));

test('tar unpacks what was packed, with its mode', async () => {
  await writeFile(join(folder, 'a.tar.gz'), await archive('a.tar.gz', FILES));
  const ran = await runProgram('tar', ['-xzf', join(folder, 'a.tar.gz'), '-C', folder], process.env);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  for (const { name, mode, bytes } of FILES) {
    expect(await readFile(join(folder, name))).toEqual(bytes);
    expect((await stat(join(folder, name))).mode & 0o111).toBe(mode & 0o111);
  }
});

test('a zip archive ends with a directory that leads to every file', async () => {
  const packed = await archive('a.zip', FILES);
  const end = packed.lastIndexOf('PK\x05\x06');
  expect(packed.readUInt16LE(end + 10)).toBe(FILES.length);
  let entry = packed.readUInt32LE(end + 16);
  for (const { name, bytes } of FILES) {
    const [nameLength, local] = [packed.readUInt16LE(entry + 28), packed.readUInt32LE(entry + 42)];
    expect(packed.toString('latin1', entry + 46, entry + 46 + nameLength)).toBe(name);
    expect(packed.toString('latin1', local + 30, local + 30 + nameLength)).toBe(name);
    const content = packed.subarray(local + 30 + nameLength, local + 30 + nameLength + packed.readUInt32LE(entry + 20));
    expect(inflateRawSync(content)).toEqual(bytes);
    entry += 46 + nameLength;
  }
  expect(entry).toBe(end);
});

test.each(['a.tar.gz', 'a.zip'])('%s has the same bytes, whatever the order', async (name) => {
  expect(await archive(name, FILES.toReversed())).toEqual(await archive(name, FILES));
});
