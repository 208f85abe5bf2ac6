/** The documentation as a site (`npm run docs`): README, docs/ and what they link to, as one can read them in the repository. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defineConfig } from 'vitepress';
import { fileAddress, publishedBy } from '../../packaging/published.ts';
import { linkOnSite } from './links.ts';
import { sidebarFrom } from './sidebar.ts';
import { slugOf } from './slug.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What is a page beside README and docs/. */
const PAGES = ['CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'SUPPORT.md', 'CODE_OF_CONDUCT.md'];
const isPage = (file: string): boolean =>
  /^(?:README\.md|docs\/.*\.md|charts\/[^/]+\/README\.md)$/.test(file) || PAGES.includes(file);

const published = await publishedBy(ROOT);
const repository = { root: ROOT, addressOf: (file: string) => fileAddress(published, file), isPage };
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');

export default defineConfig({
  title: 'kubectl maint',
  description: 'Node maintenance without surprises',
  lang: 'en',
  srcDir: ROOT,
  srcExclude: ['{test,packaging,plugin,shared,webhook,dist,coverage,.github}/**'],
  outDir: join(ROOT, 'dist/docs'),
  cacheDir: join(ROOT, 'dist/docs-cache'),
  rewrites: (file) => file.replace(/README\.md$/, 'index.md'),
  // No picture in the tab, and no call for one.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  markdown: {
    anchor: { slugify: slugOf },
    config: (markdown) => {
      markdown.core.ruler.push('links', ({ tokens, env }) => {
        const page = relative(ROOT, (env as { readonly path: string }).path);
        for (const token of tokens.flatMap((one) => [one, ...(one.children ?? [])])) {
          const href = token.attrGet('href');
          // Indented code has its frame, scrolls, and can be copied, as fenced code does.
          if (token.type === 'code_block') Object.assign(token, { type: 'fence', info: '' });
          if (token.type === 'link_open' && href !== null) token.attrSet('href', linkOnSite(href, page, repository));
          // The bundler takes pictures along that are named relative to their page.
          if (token.type.startsWith('html_'))
            token.content = token.content.replaceAll(/\b(src|srcset)="(?=[\w-]+\/)/g, '$1="./');
        }
      });
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'By task', link: '/docs/' },
      { text: 'Reference', link: '/docs/reference' },
      { text: published.version, link: '/CHANGELOG' },
    ],
    sidebar: [...sidebarFrom(readme)].map(({ text, items }) => ({ text, items: [...items] })),
  },
});
