/** `kubectl maint ui` in a real browser, against a real control plane. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { nodeObject } from '../../control-plane/nodes.ts';
import { faultProxy } from '../../support/fault-proxy.ts';
import { startUi } from '../../support/ui-process.ts';
import { until } from '../../support/until.ts';
import { axeFindings } from './axe.ts';
import { browserOrSkip } from './browser.ts';
import { HOSTILE, openScene, type Scene } from './scene.ts';
import { CLUSTER, visit } from './visitor.ts';

const executable = await browserOrSkip(process.env);

describe.skipIf(executable === undefined)('the page', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await openScene(executable ?? '');
  });

  afterAll(() => scene.end());

  test('a person turns maintenance on, watches it, is reminded in three places, and turns it off', async () => {
    await scene.world.deployment('web', { namespace: 'shop', labels: { pool: 'p1' } }, 3);
    await using visitor = await scene.visit();
    const { page } = visitor;
    await visitor.row('worker-1').getByText('Ready').waitFor();
    expect(await page.title()).toBe('kubectl maint');

    await page.getByRole('link', { name: 'worker-1', exact: true }).click();
    await page.getByText('Take into maintenance', { exact: true }).click();
    await page.getByLabel('Reason').fill(HOSTILE);
    await page.getByLabel('Expected to take').fill('2h');
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText('Goes, in this order (3)').waitFor();
    expect(await scene.stateOf('worker-1')).toBeUndefined();

    await page.getByRole('button', { name: 'Take worker-1 into maintenance' }).click();
    await page.getByText('1 node is in maintenance: worker-1').waitFor();
    await expect.poll(() => page.title()).toBe('(1) in maintenance - kubectl maint');
    await expect.poll(() => page.locator('link[rel=icon]').getAttribute('href')).toBe('/maintenance.svg');
    await page.getByText('node/worker-1 drained').waitFor();
    await page.locator('.state.done').waitFor();
    expect(await scene.stateOf('worker-1')).toBe('complete');
    await page.getByText('kubectl maint on worker-1').first().waitFor();

    // What people wrote is text, wherever it stands.
    await page.getByText(HOSTILE).first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(visitor.complaints).toEqual([]);

    await page.getByText('Bring back', { exact: true }).click();
    await page.getByLabel('How long it must stay clean').fill('0');
    await page.getByRole('button', { name: 'Bring worker-1 back' }).click();
    await page.getByText(/node\/worker-1 uncordoned/).waitFor();
    await page
      .getByText(/not moved back|nothing is moved back|Nothing is moved back/i)
      .first()
      .waitFor();
    expect(await scene.stateOf('worker-1')).toBeUndefined();
    await until('nothing reminds any more', async () => (await page.title()) === 'kubectl maint');
  });

  test('a drain that a budget blocks says so, survives a reload, and is seen by a second browser', async () => {
    await scene.world.deployment('db', { namespace: 'shop', labels: { pool: 'p2' } }, 1);
    await scene.world.budget('db', 'shop', 'db', 1);
    await using one = await scene.visit();
    await one.take('worker-2');
    const blocked = /disruption budget shop\/db needs 1 healthy pods/;
    await one.page.locator('.run .cause').getByText(blocked).waitFor();
    await one.page.getByText('1 of 1 pods left').first().waitFor();

    await one.page.reload();
    await one.page.locator('.run .cause').getByText(blocked).waitFor();
    await using two = await scene.visit();
    await two.row('worker-2').getByText('Initiated').waitFor();

    await scene.world.remove('/apis/policy/v1/namespaces/shop/poddisruptionbudgets/db');
    await two.row('worker-2').getByText('Complete').waitFor();
    await one.page.locator('.run').getByText('done', { exact: true }).waitFor();
    expect(await scene.stateOf('worker-2')).toBe('complete');
  });

  test('what a guard refuses is shown as a whole, and nothing is changed', async () => {
    await scene.world.pod('alone', { namespace: 'shop', node: 'worker-3' });
    await scene.world.pod('scratch', { namespace: 'shop', node: 'worker-3' }, { emptyDir: true });
    await using visitor = await scene.visit();
    const { page } = visitor;
    await visitor.see('worker-3');
    await page.getByText('Take into maintenance', { exact: true }).click();
    await page.getByRole('button', { name: 'Show the plan' }).click();
    await page.getByText(/refused: .*shop\/alone/).waitFor();
    await page.getByText(/refused: .*shop\/scratch/).waitFor();
    await expect
      .poll(() => page.getByRole('button', { name: 'Take worker-3 into maintenance' }).isDisabled())
      .toBe(true);
    expect(await scene.stateOf('worker-3')).toBeUndefined();
  });

  test('an overdue claim is told in the list, in the banner, in the title and on the time line', async () => {
    await scene.plugin.maint(['on', 'worker-4', '--mode=cordon', '--owner', 'anna', '--for', '1s']);
    await using visitor = await scene.visit();
    const { page } = visitor;
    await visitor
      .row('worker-4')
      .getByText(/overdue/)
      .waitFor();
    await page.getByText(/nodes? (is|are) in maintenance, 1 overdue/).waitFor();
    await expect.poll(() => page.title()).toContain('!');
    await page.getByRole('link', { name: 'Time line' }).click();
    await page
      .getByRole('listitem')
      .filter({ hasText: 'worker-4' })
      .getByText(/overdue/)
      .waitFor();
  });

  test('every screen has no findings of axe-core, light and dark, and fits 360 pixels', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await using visitor = await scene.visit({ colorScheme, viewport: { width: 1280, height: 800 } });
      const { page, complaints } = visitor;
      for (const screen of SCREENS) {
        await show(page, screen);
        expect(await axeFindings(page)).toEqual([]);
        await page.setViewportSize({ width: 360, height: 740 });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
        expect(await axeFindings(page)).toEqual([]);
        await page.setViewportSize({ width: 1280, height: 800 });
      }
      expect(complaints).toEqual([]);
    }
  });

  const SCREENS = ['nodes', 'times', 'enforcement', `node/${CLUSTER}/worker-4`];

  async function show(page: Page, screen: string): Promise<void> {
    await page.goto(`${scene.ui.origin}/#/${screen}`);
    await page.getByRole('heading', { level: 2 }).first().waitFor({ state: 'attached' });
    if (screen === 'enforcement') await page.getByText('Policy in force').waitFor();
    if (screen.startsWith('node/')) await page.getByRole('heading', { name: 'Events' }).waitFor();
  }

  test('at 200 % of 1280 pixels every screen fits, and no control is cut off', async () => {
    // A browser that zooms to 200 % gives the page half as many pixels, each twice as large.
    const zoomed = { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 };
    await using visitor = await scene.visit(zoomed);
    const { page } = visitor;
    for (const screen of SCREENS) {
      await show(page, screen);
      await page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))");
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(640);
      expect(await page.evaluate(CUT_OFF)).toEqual([]);
      expect(await axeFindings(page)).toEqual([]);
    }
  });

  test('nothing moves for those who asked for less motion', async () => {
    await scene.world.deployment('slow', { namespace: 'shop', labels: { pool: 'p3' } }, 1);
    await scene.world.budget('slow', 'shop', 'slow', 1);
    const drain = await scene.plugin.start(['on', 'worker-3', '--owner', 'ops', '--force', '--delete-emptydir-data']);
    const moving = async (reducedMotion: 'reduce' | 'no-preference'): Promise<unknown> => {
      await using visitor = await scene.visit({ reducedMotion });
      const { page } = visitor;
      await visitor.row('worker-3').locator('.sign.busy').waitFor();
      return await page.evaluate(MOVING);
    };
    expect(await moving('no-preference')).not.toEqual([]);
    expect(await moving('reduce')).toEqual([]);
    drain.signal('SIGINT');
    await drain.ended;
    await scene.world.remove('/apis/policy/v1/namespaces/shop/poddisruptionbudgets/slow');
  });

  const focused = (page: Page, text: string) =>
    until(`${text} has the focus`, async () => (await page.evaluate('document.activeElement.textContent')) === text);

  test('the keyboard is enough', async () => {
    await using visitor = await scene.visit();
    const { page } = visitor;
    await visitor.row('worker-1').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('To the content');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.getByLabel('Search').focus();
    await page.keyboard.type('worker');
    await page.getByText('6 nodes').waitFor();
    await page.getByRole('link', { name: 'worker-1', exact: true }).focus();
    await page.keyboard.press('End');
    await focused(page, 'worker-6');
    await page.keyboard.press('ArrowUp');
    await focused(page, 'worker-5');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'worker-5' }).waitFor();
  });

  test('of many nodes those are drawn that can be seen, and the keyboard reaches the last one', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `zone-${String(index).padStart(3, '0')}`);
    await Promise.all(
      names.map((name) => scene.plane.api('POST', '/api/v1/nodes', nodeObject({ name, silent: true }))),
    );
    await using visitor = await scene.visit();
    const { page } = visitor;
    await page.getByLabel('Search').fill('zone');
    await page.getByText('200 nodes').waitFor();
    expect(await page.getByRole('row').count()).toBeLessThan(60);
    await page.getByRole('link', { name: 'zone-000' }).focus();
    await page.keyboard.press('End');
    await focused(page, 'zone-199');
    expect(await page.getByRole('row').count()).toBeLessThan(60);
    await Promise.all(names.map((name) => scene.world.remove(`/api/v1/nodes/${name}`)));
  });

  test('a node that is deleted while its page is open is said to be gone', async () => {
    await scene.plane.addNode({ name: 'worker-9' });
    await using visitor = await scene.visit();
    const { page } = visitor;
    await page.getByRole('link', { name: 'worker-9', exact: true }).click();
    await page.getByText('not in maintenance').waitFor();
    await scene.world.remove('/api/v1/nodes/worker-9');
    await page.getByText('There is no node worker-9 (any more).').waitFor();
  });

  test('an address opens one browser; the next one is in the terminal', async () => {
    const used = scene.ui.address();
    await using first = await scene.visit();
    await until('the next address is told', () => scene.ui.address() !== used);
    const context = await scene.browser.newContext();
    const page = await context.newPage();
    await page.goto(used);
    await page.getByText('this address has been used').waitFor();
    await page.goto(`${scene.ui.origin}/`);
    expect(first.complaints).toEqual([]);
    await context.close();
  });

  test('without rights the page says what may not be read', async () => {
    await using poor = await startUi(scene.plugin, [], { user: 'developer' });
    await using visitor = await visit(scene.browser, poor);
    await visitor.page.getByText(/not to be read by you: .*cannot (list|watch) resource "nodes"/).waitFor();
    await visitor.page.getByText('only reads').waitFor();
  });

  test('an API server that is gone is a line that says so, and its return is seen', async () => {
    await using visitor = await scene.visit();
    const { page } = visitor;
    await visitor.row('worker-1').waitFor();
    await scene.plane.stopApiServer();
    await page.getByText(/kubectl-maint-test is unreachable/).waitFor();
    await visitor.row('worker-1').waitFor();
    await scene.plane.startApiServer();
    await page.getByText(/kubectl-maint-test is unreachable/).waitFor({ state: 'detached' });
    await scene.plugin.maint(['on', 'worker-6', '--mode=cordon', '--owner', 'ops']);
    await visitor.row('worker-6').getByText('Complete').waitFor();
  });

  test('Ctrl-C interrupts a drain as it does at the command, and the page says that it is over', async () => {
    await scene.world.deployment('queue', { namespace: 'shop', labels: { pool: 'p5' } }, 1);
    await scene.world.budget('queue', 'shop', 'queue', 1);
    await using other = await startUi(scene.plugin, ['--allow-changes']);
    await using visitor = await visit(scene.browser, other);
    const { page } = visitor;
    await visitor.take('worker-5');
    await page.locator('.run .cause').first().waitFor();
    expect(other.said()).toContain('Ctrl-C ends it, and interrupts what it is doing');
    const ran = await other.end();
    expect(ran.code).toBe(130);
    expect(ran.stderr).toMatch(/interrupted: .*worker-5/);
    await page.getByText(/kubectl maint ui (is ending|does not answer)/).waitFor();
    expect(await scene.stateOf('worker-5')).toBe('initiated');
  });

  test('a server that is killed in a drain leaves a true record, the page says so, and on goes on', async () => {
    const other = await startUi(scene.plugin, ['--allow-changes']);
    await using visitor = await visit(scene.browser, other);
    const { page } = visitor;
    await visitor.take('worker-5');
    await page.locator('.run .cause').first().waitFor();
    other.signal('SIGKILL');
    await other.ended;
    await page.getByText(/kubectl maint ui does not answer/).waitFor();
    expect(await scene.stateOf('worker-5')).toBe('initiated');
    await scene.world.remove('/apis/policy/v1/namespaces/shop/poddisruptionbudgets/queue');
    expect(await scene.plugin.maint(['on', 'worker-5'])).toMatchObject({ code: 0 });
    expect(await scene.stateOf('worker-5')).toBe('complete');
  });

  test('of two clusters the one that cannot be reached is a line that says so, and the other is shown', async () => {
    const config = withDeadContext(await readFile(scene.plane.kubeconfig, 'utf8'));
    const file = join(scene.plane.folder, 'two-contexts');
    await writeFile(file, config);
    const args = ['--context', CLUSTER, '--context', 'dead'];
    await using both = await startUi(scene.plugin, args, { env: { KUBECONFIG: file } });
    await using visitor = await visit(scene.browser, both);
    const { page } = visitor;
    await page.getByText(/^dead is unreachable: .+/).waitFor();
    await visitor.row('worker-1').getByText(CLUSTER).waitFor();
  });

  test('credentials that expire in the middle are told, and what was known stays until they are back', async () => {
    let hasExpired = false;
    const expired = { status: 401, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 401 } };
    await using proxy = await faultProxy(scene.plane, () => (hasExpired ? expired : undefined));
    await using behind = await startUi(scene.plugin, ['--server', proxy.url]);
    await using visitor = await visit(scene.browser, behind);
    const { page } = visitor;
    await visitor.row('worker-1').waitFor();
    hasExpired = true;
    await page.getByText(/does not accept your credentials any more/).waitFor();
    await visitor.row('worker-1').waitFor();
    hasExpired = false;
    await page.getByText(/does not accept your credentials any more/).waitFor({ state: 'detached' });
  });
});

/** Controls that stand out of the page, or whose own words do not fit them. */
const CUT_OFF = `[...document.querySelectorAll('a, button, input, select, summary')]
  .filter((one) => !one.classList.contains('skip') && one.getClientRects().length > 0)
  .filter((one) => {
    const { left, right } = one.getBoundingClientRect();
    return left < 0 || right > innerWidth || (one.tagName === 'BUTTON' && one.scrollWidth > one.clientWidth);
  })
  .map((one) => one.outerHTML)`;

/** What is animated, or would be if it changed. */
const MOVING = `[...document.querySelectorAll('*')]
  .filter((one) => {
    const { animationName, transitionDuration } = getComputedStyle(one);
    return animationName !== 'none' || transitionDuration !== '0s';
  })
  .map((one) => one.outerHTML)`;

/** The same kubeconfig with one more context, behind which nobody listens. */
function withDeadContext(config: string): string {
  const { clusters, contexts, ...rest } = Config.parse(parse(config));
  const cluster = { name: 'dead', cluster: { server: 'https://127.0.0.1:1' } };
  const context = { name: 'dead', context: { cluster: 'dead', user: 'admin' } };
  return stringify({ ...rest, clusters: [...clusters, cluster], contexts: [...contexts, context] });
}

const Config = z.looseObject({ clusters: z.array(z.unknown()), contexts: z.array(z.unknown()) });
