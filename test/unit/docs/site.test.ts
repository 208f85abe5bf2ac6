import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { linkOnSite } from '../../../docs/.vitepress/links.ts';
import { sidebarFrom } from '../../../docs/.vitepress/sidebar.ts';
import { slugOf } from '../../../docs/.vitepress/slug.ts';

const ROOT = join(import.meta.dirname, '../../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const REPOSITORY = {
  root: ROOT,
  addressOf: (file: string): string => `https://home.example/blob/v1.2.3/${file}`,
  isPage: (file: string): boolean => file.endsWith('.md') && !file.startsWith('test/'),
};

test.each([
  ['a page beside', 'docs/stuck.md', 'drain.md#however-it-ends', '/docs/drain.md#however-it-ends'],
  ['a page above', 'docs/stuck.md', '../CHANGELOG.md', '/CHANGELOG.md'],
  ['the first page of a folder', 'README.md', 'docs/decisions/README.md', '/docs/decisions/'],
  ['a heading of its own', 'docs/stuck.md', '#a-node-was-lost', '#a-node-was-lost'],
  ['another host', 'README.md', 'https://a.example/b.md', 'https://a.example/b.md'],
  ['what is no page', 'docs/security.md', '../plugin/main.ts', 'https://home.example/blob/v1.2.3/plugin/main.ts'],
])('a link to %s', (_what, page, href, expected) => {
  expect(linkOnSite(href, page, REPOSITORY)).toBe(expected);
});

test('a dead link ends the build, and is named', () => {
  expect(() => linkOnSite('nowhere.md', 'docs/stuck.md', REPOSITORY)).toThrow(
    'docs/stuck.md links to nowhere.md, and there is no docs/nowhere.md',
  );
});

test('anchors are those of GitHub', () => {
  expect(slugOf('`-o json`, and what it *says*')).toBe('-o-json-and-what-it-says');
});

/** Every page, but for the index and single decisions. */
const PAGES = execFileSync('git', ['ls-files', 'docs/*.md', 'docs/decisions/README.md'], { cwd: ROOT })
  .toString()
  .trim()
  .split('\n')
  .filter((page) => !/^docs\/(?:decisions\/\d|README)/.test(page));

test('the index by task leads to every page', () => {
  const index = readFileSync(join(ROOT, 'docs/README.md'), 'utf8');
  const linked = [...index.matchAll(/\]\(([\w/.-]+\.md)/g)].map(([, path = '']) => `docs/${path}`);
  expect(PAGES.filter((page) => !linked.includes(page))).toEqual([]);
});

test('the README lists every page, so that the site does', () => {
  const pages = PAGES.map((page) => `/${page.replace(/README\.md$/, '')}`);
  const groups = sidebarFrom(README);
  const listed = groups.flatMap(({ items }) => items.map(({ link }) => link));
  expect(groups.map(({ text }) => text)).not.toContain('');
  expect(pages.filter((page) => !listed.includes(page))).toEqual([]);
});
