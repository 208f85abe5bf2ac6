/** The documentation as a site in a real browser: it fetches nothing from elsewhere, fits a phone, and finds what is asked for. */
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../support/plugin-run.ts';
import { browserOrSkip, launchBrowser } from './browser.ts';

const ROOT = join(import.meta.dirname, '../../..');
const executable = await browserOrSkip(process.env);

/** What a web server says of a file by its ending. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
};

describe.skipIf(executable === undefined)('the site', () => {
  let folder: string;
  let browser: Browser;
  let origin: string;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const file = join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    readFile(file).then(
      (content) => response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'text/plain' }).end(content),
      () => response.writeHead(404).end(),
    );
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'site-'));
    const built = await runProgram('vitepress', ['build', 'docs', '--outDir', folder], {
      ...process.env,
      PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
    });
    expect(built, built.stderr).toMatchObject({ code: 0 });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launchBrowser(executable ?? '');
  }, 300_000);
  afterAll(async () => {
    await browser.close();
    server.close();
    await rm(folder, { recursive: true });
  });

  /** A page, and what went wrong on it: calls of other hosts, files that are not there, errors. */
  async function open(path: string, look: Parameters<Browser['newPage']>[0]): Promise<[Page, string[]]> {
    const page = await browser.newPage(look);
    const wrong: string[] = [];
    page.on('request', (request) => {
      const { protocol, origin: from } = new URL(request.url());
      if (protocol !== 'data:' && from !== origin) wrong.push(request.url());
    });
    page.on('response', (response) => response.status() >= 400 && wrong.push(response.url()));
    page.on('pageerror', (error) => wrong.push(error.message));
    await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' });
    // What was served can be seen before the page listens to a key: a quiet network says nothing of its program.
    await page.waitForFunction('"__vue_app__" in document.querySelector("#app")');
    return [page, wrong];
  }

  test.each([
    ['/', 'light', 1280],
    ['/', 'dark', 390],
    ['/docs/', 'dark', 1280],
    ['/docs/drain.html', 'light', 390],
    ['/docs/decisions/', 'light', 390],
    ['/docs/reference.html', 'dark', 390],
  ] as const)('%s, %s, %i px wide', async (path, colorScheme, width) => {
    const [page, wrong] = await open(path, { colorScheme, viewport: { width, height: 900 } });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await page.evaluate('document.documentElement.classList.contains("dark")')).toBe(colorScheme === 'dark');
    expect(wrong).toEqual([]);
    await page.close();
  });

  test('search finds the page for somebody whose drain hangs', async () => {
    const [page, wrong] = await open('/', { viewport: { width: 1280, height: 900 } });
    await page.keyboard.press('Control+k');
    await page.locator('#localsearch-input').fill('drain hangs');
    await page.getByRole('option', { name: 'What do you want to do?' }).click();
    await page.getByRole('heading', { level: 1, name: 'What do you want to do?' }).waitFor();
    expect(wrong).toEqual([]);
    await page.close();
  });
});
