import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { issueAuthority } from '../../../webhook/tls/issue.ts';
import { selfIssuedCertificates } from '../../../webhook/tls/self-issued.ts';
import { AUTHORITY_FILE, keptAuthority } from '../../../webhook/tls/state-folder.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-state-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const issue = () => issueAuthority(NOW);

test('a process that comes back has the same authority, and a certificate of its own', async () => {
  const stateFolder = join(folder, 'state');
  const start = () => selfIssuedCertificates({ names: ['127.0.0.1'], stateFolder }, NOW);
  const [first, second] = [await start(), await start()];
  expect(second.authorities()).toEqual(first.authorities());
  expect(second.current().certificate).not.toBe(first.current().certificate);
  expect((await stat(stateFolder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(stateFolder, AUTHORITY_FILE))).mode & 0o777).toBe(0o600);
});

test('two that begin at once take the same', async () => {
  const [first, second] = await Promise.all([keptAuthority(folder, issue), keptAuthority(folder, issue)]);
  expect(second.certificate).toBe(first.certificate);
});

test('of many that write at the same moment, in containers with one and the same process id, all take the same', async () => {
  const issued = await Promise.all([issue(), issue()]);
  const starts = Array.from({ length: 40 }, (_, index) =>
    keptAuthority(folder, () => Promise.resolve(issued[index % 2] ?? issued[0])),
  );
  const kept = await Promise.all(starts);
  expect(new Set(kept.map(({ certificate }) => certificate)).size).toBe(1);
  expect(await readdir(folder)).toEqual([AUTHORITY_FILE]);
});

test('a file with other content is left as it is, and said', async () => {
  const file = join(folder, AUTHORITY_FILE);
  await writeFile(file, 'mine');
  await expect(keptAuthority(folder, issue)).rejects.toMatchObject({ code: 'usage' });
  expect(await readFile(file, 'utf8')).toBe('mine');
});

test('a folder that cannot be made is said, with the flag for another one', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  await expect(keptAuthority(join(file, 'state'), issue)).rejects.toMatchObject({
    code: 'usage',
    hint: expect.stringContaining('--state-dir') as unknown,
  });
});
