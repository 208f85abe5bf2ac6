/** Every link from a page of the repository to another leads somewhere, to the heading that it names. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { slugOf } from '../../../docs/.vitepress/slug.ts';

const ROOT = join(import.meta.dirname, '../../..');

const PAGES = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: ROOT })
  .toString()
  .trim()
  .split('\n');

/** Text of a page without code, in which a link is none. */
function proseOf(page: string): string {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return text.replaceAll(/^```.*?^```/gms, '').replaceAll(/^ {4}.*$/gm, '');
}

/** What the headings of a page are reached by; the second of one name has a number. */
function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const anchors = [...proseOf(page).matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) => {
    const slug = slugOf(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  return new Set(anchors);
}

/** Where links and pictures of a page lead to, but for other hosts. */
function targetsOf(page: string): readonly string[] {
  const prose = proseOf(page).replaceAll(/`[^`\n]*`/g, '``');
  const found = [...prose.matchAll(/\]\(([^)\s]+)\)|\b(?:src|srcset|href)="([^"]+)"/g)];
  return found.map(([, link, attribute]) => link ?? attribute ?? '').filter((target) => !/^[a-z]+:/.test(target));
}

/** Why a target is no page, file or heading of the repository; undefined where it is one. */
function whyDead(page: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
  if (!existsSync(join(ROOT, file))) return `${target}: there is no ${file}`;
  return anchor === undefined || !file.endsWith('.md') || anchorsOf(file).has(anchor)
    ? undefined
    : `${target}: ${file} has no such heading`;
}

test.each(PAGES)('%s', (page) => {
  expect(targetsOf(page).flatMap((target) => whyDead(page, target) ?? [])).toEqual([]);
});
