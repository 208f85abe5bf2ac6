import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { certificatesIn } from '../../../webhook/tls/authority.ts';
import { certificatesFromFolder } from '../../../webhook/tls/files-source.ts';
import { issueAuthority, issueLeaf } from '../../../webhook/tls/issue.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const authority = await issueAuthority(NOW);
const [first, second] = [await issueLeaf(authority, ['a'], NOW), await issueLeaf(authority, ['a'], NOW + 1000)];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-tls-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put({ certificate, key }: { certificate: string; key: string }): Promise<void> {
  await writeFile(join(folder, 'tls.crt'), certificate);
  await writeFile(join(folder, 'tls.key'), key);
}

test('what is mounted is served, and read again when it changes', async () => {
  await put(first);
  await writeFile(join(folder, 'ca.crt'), authority.certificate);
  const source = await certificatesFromFolder(folder);
  expect(source.current()).toEqual(first);
  expect(source.authorities()).toEqual(certificatesIn(authority.certificate));
  expect(source.signerNotAfter()).toBe(authority.notAfter);
  expect(await source.refresh(NOW)).toBe(false);
  await put(second);
  expect(await source.refresh(NOW)).toBe(true);
  expect(source.current()).toEqual(second);
});

test('without ca.crt somebody else says whom to trust', async () => {
  await put(first);
  const source = await certificatesFromFolder(folder);
  expect(source.authorities()).toEqual([]);
  expect(source.signerNotAfter()).toBeUndefined();
});

test('what cannot be read is an error at the start, and leaves the last certificate later', async () => {
  await expect(certificatesFromFolder(folder)).rejects.toMatchObject({ code: 'usage' });
  await put(first);
  const source = await certificatesFromFolder(folder);
  await put({ ...second, certificate: 'no' });
  await expect(source.refresh(NOW)).rejects.toThrow('is not a certificate in PEM');
  expect(source.current()).toEqual(first);
});
