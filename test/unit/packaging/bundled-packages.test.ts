import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundledPackages, licensesOf } from '../../../packaging/bundle/bundled-packages.ts';

test.each([
  ['a package', 'node_modules/zod/v4/core.js', 'node_modules/zod'],
  ['one with a scope', 'node_modules/@one/two/three.js', 'node_modules/@one/two'],
  ['one inside another', 'node_modules/a/node_modules/b/index.js', 'node_modules/a/node_modules/b'],
  ['one that is installed elsewhere', '../house/node_modules/zod/index.js', '../house/node_modules/zod'],
])('%s is a part', (_, path, folder) => {
  expect(bundledPackages({ [path]: 7 })).toEqual([folder]);
});

test.each([
  ['our own file', 'webhook/main.ts', 7],
  ['a file of which nothing is left', 'node_modules/zod/v4/locales/ar.js', 0],
])('%s is none', (_, path, bytes) => {
  expect(bundledPackages({ [path]: bytes })).toEqual([]);
});

test('what is no list of parts is refused', () => {
  expect(() => bundledPackages({ outputs: {} })).toThrow();
});

test('the licence of each part goes with the bundle', async () => {
  const texts = await licensesOf(['node_modules/zod', 'node_modules/yaml']);
  expect(texts).toMatch(/^zod [\d.]+ \(MIT\)\n\n[^]*Colin McDonnell[^]*\n-{80}\n\nyaml [\d.]+ \(ISC\)\n\nCopyright/);
});

test('a part without one stops the build', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'maint-unlicensed-'));
  try {
    await writeFile(join(folder, 'package.json'), '{"name":"a","version":"1.0.0","license":"MIT"}');
    await expect(licensesOf([folder])).rejects.toThrow(`${folder} brings no licence`);
  } finally {
    await rm(folder, { recursive: true });
  }
});
