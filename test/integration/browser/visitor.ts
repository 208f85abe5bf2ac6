import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { UiProcess } from '../../support/ui-process.ts';

/** Somebody with a browser of their own. */
export interface Visitor extends AsyncDisposable {
  readonly page: Page;
  /** What the browser had to complain of: refused content, failed scripts. */
  readonly complaints: readonly string[];
}

/** How long is waited for something to be seen, in ms: two cores may be busy. */
const PATIENCE_MS = 30_000;

/** Opens the page by its next address, in a browser that shares nothing with others. */
export async function visit(browser: Browser, ui: UiProcess, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', ({ message }) => complaints.push(message));
  await page.goto(ui.address());
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}
