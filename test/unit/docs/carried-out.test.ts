/** No page shows a command of which nobody has decided whether a test carries it out. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { ENTRIES, entryFor } from '../../support/carried-out.ts';
import { commandsOn, PAGES } from '../../support/documented.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const COMMANDS = PAGES.flatMap(commandsOn);

test('every command of every page is carried out by a test, or it is said why not', () => {
  expect(COMMANDS.length).toBeGreaterThan(150);
  const undecided = COMMANDS.filter((command) => entryFor(command) === undefined);
  expect(undecided, 'add a line to test/support/carried-out.ts').toEqual([]);
});

test('nothing is said of a command that no page shows any more', () => {
  const used = new Set(COMMANDS.map(entryFor));
  expect(ENTRIES.filter((entry) => !used.has(entry))).toEqual([]);
});

test('a test that is said to carry out commands of a page reads that page', () => {
  for (const { page, what } of ENTRIES) {
    const test = 'by' in what ? what.by : /test\/\S+\.test\.ts/.exec(what.not)?.[0];
    if (test === undefined) continue;
    expect(existsSync(join(ROOT, test)), test).toBe(true);
    if ('by' in what) expect(read(test), `${test} names ${page}`).toContain(basename(page));
  }
});

test('a script that is run by a page is one of package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
  const named = COMMANDS.flatMap(({ line }) => [...line.matchAll(/npm run (?:--silent )?([\w:-]+)/g)]).map(
    ([, name]) => name,
  );
  expect(named.length).toBeGreaterThan(10);
  for (const name of named) expect(Object.keys(scripts)).toContain(name);
});

test('lines are found behind prompts, in fences, below headings, and where a page breaks them; answers are none', () => {
  const on = (page: string, words: string) => COMMANDS.filter((one) => one.page === page && one.line.includes(words));
  expect(on('docs/configuration.md', 'wrong.yaml')).toMatchObject([{ heading: 'Configuration' }, { heading: 'Tools' }]);
  expect(on('docs/hooks.md', 'maint-silences')).toMatchObject([
    { line: expect.stringMatching(/--resource=/) as string },
  ]);
  expect(on('README.md', 'maint off worker-3')).toMatchObject([
    { heading: 'Your first maintenance', promised: expect.arrayContaining(['node/worker-3 uncordoned']) as string[] },
  ]);
  expect(on('docs/run.md', '--resume')).toEqual([]);
});
