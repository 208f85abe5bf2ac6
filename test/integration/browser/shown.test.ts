/** What the screens of `kubectl maint ui` say of a cluster, and what a page says that only reads. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REGISTRATION_NAME, webhookConfigurationPath } from '../../../shared/index.ts';
import { startUi } from '../../support/ui-process.ts';
import { startWebhook, type WebhookProcess } from '../../support/webhook-process.ts';
import { browserOrSkip } from './browser.ts';
import { eventAbout, HOSTILE, openScene, type Scene } from './scene.ts';
import { CLUSTER, visit, type Visitor } from './visitor.ts';

const executable = await browserOrSkip(process.env);

/** How often doctor looks again while somebody reads what it found, in ms (docs/ui.md). */
const AGAIN_MS = 30_000;

describe.skipIf(executable === undefined)('the page says', () => {
  let scene: Scene;
  let webhook: WebhookProcess;

  beforeAll(async () => {
    scene = await openScene(executable ?? '');
    webhook = await startWebhook(scene.plane);
  });

  afterAll(async () => {
    await webhook.stop();
    await scene.end();
  });

  /** Takes worker-3 for two owners, of whom one says until when. */
  async function twoClaims(): Promise<void> {
    const on = ['on', 'worker-3', '--mode=cordon'];
    const ben = await scene.plugin.maint([...on, '--owner=ben', '--ticket=CHG-1', `--reason=${HOSTILE}`, '--for=2h']);
    const anna = await scene.plugin.maint([...on, '--owner=anna', '--reason=kernel 6.12']);
    expect([ben.code, anna.code]).toEqual([0, 0]);
  }

  const item = (visitor: Visitor, heading: string, text: string | RegExp) =>
    visitor.section(heading).getByRole('listitem').filter({ hasText: text });

  test('whether enforcement works, and no more when that has changed, without a reload', async () => {
    await webhook.register('Ignore');
    await using visitor = await scene.visit();
    const { page } = visitor;
    // What is left of the half minute until doctor looks again is not waited for.
    await page.clock.install();
    const later = () => page.clock.fastForward(AGAIN_MS);
    let loads = 0;
    page.on('load', () => (loads += 1));
    await page.getByRole('link', { name: 'Enforcement' }).click();
    const check = (text: string) => item(visitor, 'Does it work?', text);
    const policy = visitor.section('Policy in force');
    await check(`ok webhook the API server asks ${webhook.url}`).waitFor();
    await policy.getByRole('row').filter({ hasText: 'backup' }).getByText('enforce').waitFor();
    const assumed = policy.getByText(/the defaults/);
    expect(await assumed.count()).toBe(0);

    await scene.world.remove(webhookConfigurationPath(REGISTRATION_NAME));
    await later();
    await check('fail webhook the ValidatingWebhookConfiguration kubectl-maint is missing').waitFor();
    await check('install the chart').first().waitFor();
    await assumed.waitFor();

    await webhook.register('Ignore');
    await later();
    await check(`ok webhook the API server asks ${webhook.url}`).waitFor();
    await assumed.waitFor({ state: 'detached' });
    expect(loads).toBe(0);
    expect(visitor.complaints).toEqual([]);
  });

  test('that it only reads, where an action would stand, and which command would do it', async () => {
    await scene.world.deployment('web', { namespace: 'shop', labels: { pool: 'p1' } }, 2);
    await scene.plane.kubectl(['label', 'node', 'worker-1', 'logs=yes']);
    await scene.world.daemonSet('logs', 'shop', 'logs', 1);
    await using reading = await startUi(scene.plugin);
    await using visitor = await visit(scene.browser, reading);
    const { page } = visitor;
    await page.getByRole('heading', { name: 'kubectl maint only reads' }).waitFor();
    await visitor.see('worker-1');
    const plan = visitor.section('Plan');
    await plan.getByText('This page only reads; started with --allow-changes it changes as well.').waitFor();
    await plan.getByText('Take into maintenance', { exact: true }).click();
    await plan.getByLabel('Reason').fill('swap a disk');
    await plan.getByRole('button', { name: 'Show the plan' }).click();
    await plan.getByText('Goes, in this order (2)').waitFor();
    await plan.getByRole('heading', { name: 'Stays' }).waitFor();
    await plan.getByText(/^shop\/logs-/).waitFor();
    await plan.getByText(/other nodes have room|no room is found for 2 of 2 pods/).waitFor();
    await plan.getByText("kubectl maint on worker-1 --reason='swap a disk'").waitFor();
    expect(await page.getByRole('button', { name: /into maintenance/ }).count()).toBe(0);

    await twoClaims();
    await visitor.see('worker-3');
    await visitor.section('Claims').waitFor();
    for (const action of ['Actions', 'Bring back', 'Allow an exception'])
      expect(await page.getByText(action, { exact: true }).count()).toBe(0);
    // Nor does its server do what the page does not offer.
    const asked = { cluster: CLUSTER, verb: 'off', nodes: ['worker-3'], dryRun: 'none', values: {}, switches: [] };
    const headers = "{ 'Content-Type': 'application/json', 'X-Maint-Key': localStorage.getItem('kubectl-maint-key') }";
    const answer: unknown = await page.evaluate(
      `fetch('/ui/runs', { method: 'POST', headers: ${headers}, body: '${JSON.stringify(asked)}' })
        .then(async (answer) => ({ status: answer.status, ...(await answer.json()) }))`,
    );
    expect(answer).toEqual({
      status: 403,
      error: 'this page only reads: start kubectl maint ui with --allow-changes',
    });
    expect(await scene.stateOf('worker-3')).toBe('complete');
  });

  test('of one node its claims, exceptions, conditions and Events, as the cluster has them', async () => {
    await twoClaims();
    const allow = ['allow', 'worker-3', '--rules=backup', '--for=30m', `--reason=${HOSTILE}`];
    expect(await scene.plugin.maint(allow)).toMatchObject({ code: 0 });
    const condition = { type: 'FanBroken', status: 'True', reason: 'TooHot', message: HOSTILE };
    await scene.plane.kubectl([
      ...['patch', 'node', 'worker-3', '--subresource=status', '--type=strategic', '--patch'],
      JSON.stringify({ status: { conditions: [condition] } }),
    ]);
    const told = { reason: 'FanBroken', message: HOSTILE, count: 3, source: { component: 'fans' } };
    await scene.world.create('/api/v1/namespaces/default/events', eventAbout('worker-3', told));
    await using visitor = await scene.visit();
    await visitor.see('worker-3');
    await item(visitor, 'Claims', /^ben cordon, begun \d+m?s? ago, to end in \d+/)
      .getByText(`CHG-1 ${HOSTILE}`)
      .waitFor();
    await item(visitor, 'Claims', /^anna cordon, begun .* ago *kernel 6\.12$/).waitFor();
    await item(visitor, 'Exceptions', /^backup allowed by .+, to end in \d/)
      .filter({ hasText: HOSTILE })
      .waitFor();
    const conditions = visitor.section('Conditions');
    await conditions
      .getByRole('row')
      .filter({ hasText: /^FanBroken *True/ })
      .getByText(HOSTILE)
      .waitFor();
    await conditions
      .getByRole('row')
      .filter({ hasText: /^MaintenanceInProgress *True/ })
      .waitFor();
    await item(visitor, 'Events', /ago FanBroken .*\(3 times\)$/)
      .filter({ hasText: HOSTILE })
      .waitFor();
    await item(visitor, 'Events', /ago ExceptionGranted /)
      .first()
      .waitFor();
    expect(await visitor.page.locator('img').count()).toBe(0);
    expect(visitor.complaints).toEqual([]);
  });

  test('of every node what status says, and of those that are asked for, in the order that is asked for', async () => {
    await twoClaims();
    await scene.plane.kubectl(['cordon', 'worker-4']);
    await using visitor = await scene.visit();
    const { page } = visitor;
    await visitor.row('control-plane-1').getByText('control-plane', { exact: true }).waitFor();
    const cells = () => visitor.row('worker-3').getByRole('cell').allTextContents();
    await expect.poll(cells).toEqual([
      '',
      'worker-3',
      ' Complete',
      'ben, anna',
      expect.stringContaining(HOSTILE),
      // Whoever says no end has none.
      '–',
      '0',
      '0',
      expect.stringMatching(/^\d+s ago$/),
      expect.stringMatching(/^(safe|blocked)$/),
    ]);
    const state = visitor.row('worker-3').locator('.state');
    expect(await state.getAttribute('title')).toBe('Complete: its workloads are gone, and work is kept off');
    expect(await state.locator('svg').count()).toBe(1);

    const links = () => page.getByRole('row').getByRole('link').allTextContents();
    await page.getByLabel('Show').selectOption('cordoned');
    await expect.poll(links).toEqual(['worker-3', 'worker-4']);
    await page.getByLabel('Sort by').selectOption('state');
    await page.getByRole('button', { name: 'Reversed' }).click();
    await expect.poll(links).toEqual(['worker-4', 'worker-3']);
    await page.getByLabel('Search').fill('kernel');
    await expect.poll(links).toEqual(['worker-3']);
  });

  test('when each claim began and is to end, a bar for each', async () => {
    await twoClaims();
    await using visitor = await scene.visit();
    const { page } = visitor;
    await page.getByRole('link', { name: 'Time line' }).click();
    const bars = page.getByRole('listitem').filter({ hasText: /^worker-3 / });
    const ben = bars.filter({ hasText: /^worker-3 ben: / });
    await ben.getByText(/^since .+, until .+ \(in \d/).waitFor();
    await bars
      .filter({ hasText: /^worker-3 anna: kernel 6\.12 / })
      .getByText(/^since .+, no end announced$/)
      .waitFor();
    expect(await bars.locator('.bar').count()).toBe(2);
  });
});
