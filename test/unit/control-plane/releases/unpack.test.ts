import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { unpack } from '../../../control-plane/releases/unpack.ts';
import { scratchFolder } from '../scratch-folder.ts';
import { packed, type Packed } from './fake-hosts.ts';

async function archiveOf(...files: readonly Packed[]): Promise<{ archive: string; target: string }> {
  const folder = scratchFolder();
  const archive = join(folder, 'etcd.tar.gz');
  writeFileSync(archive, await packed(...files));
  return { archive, target: join(folder, 'etcd') };
}

it('writes the first file of that name, and no other', async () => {
  const { archive, target } = await archiveOf(
    { name: 'v1/README.md', text: 'read me' },
    { name: 'v1/etcd', text: 'program' },
    { name: 'v1/etcd', text: 'another' },
  );
  await unpack(archive, 'v1/etcd', target);
  expect(readFileSync(target, 'utf8')).toBe('program');
});

it.each([
  ['the file', [{ name: 'v1/etcd', text: 'x'.repeat(100_000) }]],
  [
    'one before it',
    [
      { name: 'v1/other', text: 'x'.repeat(100_000) },
      { name: 'v1/etcd', text: 'program' },
    ],
  ],
])('ends when there is too much in it: %s', async (_name, files) => {
  const { archive, target } = await archiveOf(...files);
  await expect(unpack(archive, 'v1/etcd', target, 50_000)).rejects.toThrow(
    `${archive} unpacks to more than 50,000 bytes`,
  );
});

it('ends when the archive does', async () => {
  const { archive, target } = await archiveOf({ name: 'v1/etcd', text: 'program '.repeat(10_000) });
  writeFileSync(archive, readFileSync(archive).subarray(0, 60));
  await expect(unpack(archive, 'v1/etcd', target)).rejects.toThrow(/unexpected end|Premature|ended/i);
});
