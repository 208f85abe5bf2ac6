import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { UiProcess } from '../../support/ui-process.ts';

/** What every control plane of the tests is called. */
export const CLUSTER = 'kubectl-maint-test';

/** Somebody with a browser of their own. */
export interface Visitor extends AsyncDisposable {
  readonly page: Page;
  /** What the browser had to complain of: refused content, failed scripts. */
  readonly complaints: readonly string[];
  /** A node in the list. */
  row(node: string): Locator;
  /** A part of the screen, by its heading. */
  section(heading: string): Locator;
  /** Goes to the screen of a node. */
  see(node: string): Promise<void>;
  /** Takes a node into maintenance as its form stands: the plan first, and then what the button below it does. */
  take(node: string): Promise<void>;
}

/** How long is waited for something to be seen, in ms: two cores may be busy. */
const PATIENCE_MS = 30_000;

/** What the form is called that takes a node into maintenance, and goes on with it. */
const FORM = /^(Take into maintenance|Go on with the drain, or change what is said of it)$/;

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
  const see = async (node: string): Promise<void> => {
    await page.goto(`${ui.origin}/#/node/${CLUSTER}/${node}`);
    await page.getByRole('heading', { name: node, exact: true }).waitFor();
  };
  const take = async (node: string): Promise<void> => {
    await see(node);
    await page.getByText(FORM).click();
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByRole('button', { name: `Take ${node} into maintenance` }).click();
  };
  return {
    ...{ page, complaints, see, take },
    row: (node) => page.getByRole('row').filter({ hasText: node }),
    section: (heading) => page.getByRole('region', { name: heading, exact: true }),
    [Symbol.asyncDispose]: () => context.close(),
  };
}
