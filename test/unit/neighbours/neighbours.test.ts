import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MET, NEIGHBOURS } from '../../neighbours/neighbours.ts';

const FOLDER = join(import.meta.dirname, '../../neighbours');

/** Folders below test/neighbours that hold a test. */
const tested = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter((name) => readdirSync(join(FOLDER, name)).some((file) => file.endsWith('.test.ts')));

test('every neighbour has a test in a folder of its name, and every such folder is of a neighbour', () => {
  expect(NEIGHBOURS.map(({ name }) => name).sort()).toEqual(tested.sort());
});

test('the docs name each of those that were met once, with a day that has been', () => {
  expect(new Set(MET.map(({ name }) => name)).size).toBe(MET.length);
  for (const { name, passed } of MET) {
    expect([name, new Date(passed).toISOString().slice(0, 10)]).toEqual([name, passed]);
    expect(Date.parse(passed), name).toBeLessThanOrEqual(Date.now());
  }
});
