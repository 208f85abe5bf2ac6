/** What `kubectl maint ui` shows of what others do: in a terminal, in another browser, on another page. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textAt } from '../../../shared/index.ts';
import { faultProxy, type Instead } from '../../support/fault-proxy.ts';
import { startUi } from '../../support/ui-process.ts';
import { until } from '../../support/until.ts';
import { browserOrSkip } from './browser.ts';
import { eventAbout, HOSTILE, openScene, type Scene } from './scene.ts';
import { CLUSTER, visit } from './visitor.ts';

const executable = await browserOrSkip(process.env);

/** What the controller says of a node that was deleted in its maintenance. */
const LOST = { reason: 'MaintenanceLost', message: 'the node was deleted, and its record with it' };

/** A name that anybody can bind to this machine. */
const REBOUND = 'rebound.example';

describe.skipIf(executable === undefined)('the page shows what others do', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await openScene(executable ?? '', [`--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`]);
  });

  afterAll(() => scene.end());

  test('a drain in a terminal: what is left, what holds it and what helps; its Ctrl-C, and that nobody goes on', async () => {
    await scene.world.deployment('db', { namespace: 'shop', labels: { pool: 'p1' } }, 2);
    await scene.world.budget('db', 'shop', 'db', 2);
    await using visitor = await scene.visit();
    const { page } = visitor;
    await visitor.see('worker-1');
    const drain = visitor.section('Drain');
    const terminal = await scene.plugin.start(['on', 'worker-1', '--owner=ben']);
    await drain.getByText(/disruption budget shop\/db needs 2 healthy pods and has 2: it lets none/).waitFor();
    await drain.getByText('2 of 2 pods left').waitFor();
    await drain
      .getByText(/^shop\/db-/)
      .nth(1)
      .waitFor();
    expect(await page.getByRole('heading', { name: 'Begun on this page' }).count()).toBe(0);

    terminal.signal('SIGINT');
    await terminal.ended;
    await drain.getByText('nobody goes on with this drain').waitFor();

    const again = scene.plugin.maint(['on', 'worker-1', '--owner=ben']);
    await drain.getByText('nobody goes on with this drain').waitFor({ state: 'detached' });
    await scene.world.remove('/apis/policy/v1/namespaces/shop/poddisruptionbudgets/db');
    expect(await again).toMatchObject({ code: 0 });
    await drain.waitFor({ state: 'detached' });
    expect(visitor.complaints).toEqual([]);
  });

  test('a return in a terminal: each criterion and its countdown, a problem in between, and the end', async () => {
    await using visitor = await scene.visit();
    const { page } = visitor;
    await visitor.see('worker-1');
    const way = visitor.section('Way back');
    const card = (name: string) => way.getByRole('listitem').filter({ hasText: new RegExp(`^${name}`) });
    // It merely waits, whether or not another test has drained it already.
    expect(await scene.plugin.maint(['on', 'worker-1', '--owner=ben'])).toMatchObject({ code: 0 });
    await card('Stable')
      .getByText(/seen clean for \d+s; off watches it for 30s/)
      .waitFor();

    const pressure = (status: string) =>
      scene.plane.kubectl([
        ...['patch', 'node', 'worker-1', '--subresource=status', '--type=strategic', '--patch'],
        JSON.stringify({ status: { conditions: [{ type: 'DiskPressure', status, reason: 'Test' }] } }),
      ]);
    await pressure('True');
    const terminal = scene.plugin.maint(['off', 'worker-1', '--owner=ben']);
    await page.getByText('it comes back when it is clean').waitFor();
    await card('Pressure').getByText('DiskPressure').waitFor();
    await card('Stable').getByText('begins when all others are as they have to be').waitFor();
    await card('Add-ons').getByText('current').waitFor();
    await card('Ready').getByText('yes').waitFor();
    await card('Heartbeat')
      .getByText(/\d+s ago; it has \d+s more for the next one/)
      .waitFor();

    await pressure('False');
    await card('Pressure').getByText('none').waitFor();
    await card('Stable')
      .getByText(/seen clean for \d+s of 30s: \d+s more/)
      .waitFor();
    const bar = page.getByRole('progressbar', { name: 'Stable' });
    const seconds = async (): Promise<number> => Number(await bar.getAttribute('value'));
    const first = await seconds();
    await until('the countdown goes on by itself', async () => (await seconds()) > first);
    expect(await terminal).toMatchObject({ code: 0 });
    await page.getByText('not in maintenance').first().waitFor();
    expect(await way.count()).toBe(0);
  });

  test('a node that was deleted in its maintenance and is back is told, and no more when it is taken again', async () => {
    await scene.plane.addNode({ name: 'worker-9' });
    await scene.plugin.maint(['on', 'worker-9', '--mode=cordon', '--owner=ben']);
    const lost = await scene.world.node('worker-9');
    await scene.world.remove('/api/v1/nodes/worker-9');
    await until('the node is gone', async () => (await scene.world.node('worker-9')) === undefined);
    await using visitor = await scene.visit();
    const { page } = visitor;
    await visitor.row('worker-2').waitFor();
    // What the controller writes when it sees it.
    await scene.world.create(
      '/api/v1/namespaces/default/events',
      eventAbout('worker-9', LOST, textAt(lost, 'metadata', 'uid')),
    );
    await scene.plane.addNode({ name: 'worker-9' });
    const remark = page.getByText(/node worker-9 was deleted in the middle of a maintenance .* and is back/);
    await remark.waitFor();
    await scene.plugin.maint(['on', 'worker-9', '--mode=cordon', '--owner=ben']);
    await remark.waitFor({ state: 'detached' });
  });

  test('what may not be read is said as long as it is so', async () => {
    let isForbidden = true;
    const what = (path: string): boolean => path.startsWith('/apis/storage.k8s.io/v1/volumeattachments');
    await using proxy = await faultProxy(scene.plane, ({ path }) =>
      isForbidden && what(path) ? forbidden(path) : undefined,
    );
    await using behind = await startUi(scene.plugin, ['--server', proxy.url]);
    await using visitor = await visit(scene.browser, behind);
    const missing = visitor.page.getByText(/some of it is <unknown>: no right to list volumeattachments/);
    await missing.waitFor();
    isForbidden = false;
    await missing.waitFor({ state: 'detached' });
    isForbidden = true;
    await missing.waitFor();
  });

  test('a watch that is gone for ten seconds: what was known stays, and what happened meanwhile is seen then', async () => {
    let isGone = false;
    const gone: Instead = { status: 503, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 503 } };
    const isNodes = (path: string): boolean => path.startsWith('/api/v1/nodes?');
    await using proxy = await faultProxy(scene.plane, ({ path }) => (isGone && isNodes(path) ? gone : undefined));
    await using behind = await startUi(scene.plugin, ['--server', proxy.url]);
    await using visitor = await visit(scene.browser, behind);
    await visitor.row('worker-3').getByText('Ready').waitFor();
    isGone = true;
    proxy.cut('/api/v1/nodes?');
    const [asked, since] = [proxy.seen.length, Date.now()];
    await scene.plane.kubectl(['cordon', 'worker-3']);
    await until('ten seconds of it', () => Date.now() - since > 10_000);
    expect(proxy.seen.slice(asked).some(({ path }) => isNodes(path))).toBe(true);
    expect(await visitor.row('worker-3').getByText('Ready').count()).toBe(1);
    isGone = false;
    await visitor.row('worker-3').getByText('Cordoned').waitFor();
    await scene.plane.kubectl(['uncordon', 'worker-3']);
    await visitor.row('worker-3').getByText('Ready').waitFor();
  });

  test('a browser that loses the network and one that is closed change nothing of a drain, and find it again', async () => {
    await scene.world.deployment('queue', { namespace: 'shop', labels: { pool: 'p2' } }, 1);
    await scene.world.budget('queue', 'shop', 'queue', 1);
    const blocked = /disruption budget shop\/queue needs 1 healthy pods/;
    {
      await using visitor = await scene.visit();
      const { page } = visitor;
      await visitor.take('worker-2');
      await page.locator('.run .cause').getByText(blocked).waitFor();
      await page.context().setOffline(true);
      await page.reload().catch(() => undefined);
      await page.context().setOffline(false);
      await visitor.see('worker-2');
      await page.locator('.run .cause').getByText(blocked).waitFor();
    }
    await using later = await scene.visit();
    await later.see('worker-2');
    await later.page.locator('.run .cause').getByText(blocked).waitFor();
    await scene.world.remove('/apis/policy/v1/namespaces/shop/poddisruptionbudgets/queue');
    await later.page.locator('.run').getByText('done', { exact: true }).waitFor();
    expect(await scene.stateOf('worker-2')).toBe('complete');
  });

  test('an exception is allowed and taken back on the page, with the command line that does the same', async () => {
    await using visitor = await scene.visit();
    const { page } = visitor;
    await visitor.see('worker-2');
    await page.getByText('Allow an exception', { exact: true }).click();
    await page.getByLabel(/^Rules, with commas/).fill('backup');
    await page.getByLabel(/^For how long/).fill('30m');
    await page.getByLabel(/^Why/).fill(HOSTILE);
    await page.getByRole('button', { name: 'Allow on worker-2' }).click();
    await page.getByRole('heading', { name: 'Exceptions' }).waitFor();
    await visitor.section('Exceptions').getByText(HOSTILE).waitFor();
    await page
      .locator('.run')
      .getByText(/^kubectl maint allow worker-2 --rules=backup --for=30m --reason=/)
      .waitFor();
    await page.getByLabel('Take exceptions back instead').check();
    await page.getByLabel(/^Rules, with commas/).fill('');
    await page.getByLabel(/^For how long/).fill('');
    await page.getByLabel(/^Why/).fill('');
    await page.getByRole('button', { name: 'Allow on worker-2' }).click();
    await page.getByRole('heading', { name: 'Exceptions' }).waitFor({ state: 'detached' });
    expect(visitor.complaints).toEqual([]);
  });

  test('several nodes are chosen, planned and taken at once, and brought back', async () => {
    await scene.world.deployment('web', { namespace: 'shop', labels: { pool: 'p4' } }, 2);
    await using visitor = await scene.visit();
    const { page } = visitor;
    await page.getByRole('checkbox', { name: 'Select worker-4' }).check();
    await page.getByRole('checkbox', { name: 'Select worker-5' }).check();
    const chosen = visitor.section('Selected nodes');
    await chosen.getByText('2 nodes are selected').waitFor();
    await chosen.getByText('Take into maintenance', { exact: true }).click();
    await chosen.getByLabel('Reason').fill('same rack');
    await chosen.getByRole('button', { name: 'Show the plan' }).click();
    await chosen.getByText('worker-4: Goes, in this order (2)').waitFor();
    await chosen.getByText('worker-5: Goes, in this order (0)').waitFor();
    expect(await scene.stateOf('worker-4')).toBeUndefined();

    const take = chosen.getByRole('button', { name: 'Take 2 nodes into maintenance' });
    await take.waitFor();
    // Only what was planned is carried out.
    await chosen.getByLabel('Ticket').fill('CHG-1');
    await take.waitFor({ state: 'detached' });
    await chosen.getByRole('button', { name: 'Show the plan' }).click();
    await take.click();
    await chosen.getByText('node/worker-4 drained').waitFor();
    await chosen.getByText('node/worker-5 drained').waitFor();
    await page
      .getByText(/nodes are in maintenance/)
      .first()
      .waitFor();

    await chosen.getByText('Bring back', { exact: true }).click();
    await chosen.getByLabel('How long it must stay clean').fill('0');
    await chosen.getByRole('button', { name: 'Bring 2 nodes back' }).click();
    await chosen.getByText(/node\/worker-5 uncordoned/).waitFor();
    await chosen.getByText(/node\/worker-4 uncordoned/).waitFor();
    await chosen.getByRole('button', { name: 'Select none' }).click();
    await chosen.waitFor({ state: 'detached' });
    expect(visitor.complaints).toEqual([]);
  });

  test('what was kept off a node meanwhile is told, how often and what becomes of it', async () => {
    await scene.plugin.maint(['on', 'worker-6', '--mode=cordon', '--owner=ben', '--for=2h']);
    const denied = eventAbout('worker-6', { reason: 'WorkDenied', message: HOSTILE, count: 3 });
    const metadata = { ...denied.metadata, annotations: { 'kubectl-maint.io/after-denial': 'lost' } };
    await scene.world.create('/api/v1/namespaces/default/events', { ...denied, metadata });
    await using visitor = await scene.visit();
    await visitor.see('worker-6');
    const keptOff = visitor.section('Kept off meanwhile').getByRole('listitem').filter({ hasText: HOSTILE });
    await keptOff.getByText('(3 times, last').waitFor();
    await keptOff.getByText('lost').waitFor();
  });

  test('times are in the zone of the reader, with the exact one for whoever points at them', async () => {
    await scene.plugin.maint(['on', 'worker-6', '--mode=cordon', '--owner=ben', '--for=2h']);
    await using visitor = await scene.visit({ timezoneId: 'Asia/Tokyo', locale: 'en-GB' });
    const time = visitor.row('worker-6').locator('time');
    await time.waitFor();
    const at = new Date((await time.getAttribute('datetime')) ?? '');
    const exactly = at.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'long', timeZone: 'Asia/Tokyo' });
    expect(await time.getAttribute('title')).toBe(exactly);
    expect(exactly).toContain('GMT+9');
  });

  test('of a hostile cluster every name, reason and Event is text', async () => {
    const node = await scene.world.node('worker-6');
    const hostile: unknown = JSON.parse(
      JSON.stringify(node).replaceAll('worker-6', JSON.stringify(HOSTILE).slice(1, -1)),
    );
    const metadata = { resourceVersion: textAt(node, 'metadata', 'resourceVersion') };
    const told = eventAbout('worker-6', { reason: HOSTILE, message: HOSTILE });
    const answers: readonly (readonly [string, Instead])[] = [
      // A server without WatchList is asked for a list.
      ['/api/v1/nodes?', { status: 200, body: { kind: 'NodeList', apiVersion: 'v1', metadata, items: [hostile] } }],
      ['/api/v1/events?', { status: 200, body: { kind: 'EventList', apiVersion: 'v1', metadata: {}, items: [told] } }],
    ];
    const invalid: Instead = { status: 422, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 422 } };
    await using proxy = await faultProxy(scene.plane, ({ path }) => {
      if (path.startsWith('/api/v1/nodes?') && path.includes('sendInitialEvents')) return invalid;
      if (path.includes('watch=1')) return undefined;
      return answers.find(([prefix]) => path.startsWith(prefix))?.[1];
    });
    await using behind = await startUi(scene.plugin, ['--server', proxy.url]);
    await using visitor = await visit(scene.browser, behind);
    const { page } = visitor;
    await page.getByRole('link', { name: HOSTILE, exact: true }).click();
    await page.getByRole('heading', { name: HOSTILE, exact: true }).waitFor();
    await visitor.section('Events').getByText(HOSTILE).first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).not.toBe('1');
    expect(visitor.complaints.filter((text) => !text.includes('404'))).toEqual([]);
  });

  test('a page of another origin and a rebound name get nothing, although the browser has a session', async () => {
    await using visitor = await scene.visit();
    const { page } = visitor;
    await visitor.row('worker-3').waitFor();
    const evil = createServer((_, response) => {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>evil</title>');
    });
    await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve));
    const { port } = evil.address() as AddressInfo;
    const other = await page.context().newPage();
    await other.goto(`http://127.0.0.1:${port}/`);
    const asked = { cluster: CLUSTER, verb: 'on', nodes: ['worker-3'], dryRun: 'none', values: {}, switches: [] };
    const tried = await other.evaluate(
      `Promise.all([
        fetch('${scene.ui.origin}/ui/about', { credentials: 'include' }).then(() => 'read', () => 'refused'),
        fetch('${scene.ui.origin}/ui/runs', { method: 'POST', mode: 'no-cors', credentials: 'include', body: '${JSON.stringify(asked)}' }).then(() => 'answered', () => 'refused'),
      ])`,
    );
    expect(tried).toEqual(['refused', 'refused']);
    const rebound = await other.goto(`http://${REBOUND}:${scene.ui.port}/`);
    expect(rebound?.status()).toBe(403);
    expect(await other.content()).toContain('this address is not one of this server');
    expect(scene.ui.said()).not.toContain('begun on the page: kubectl maint on worker-3');
    expect(await scene.stateOf('worker-3')).toBeUndefined();
    await new Promise((resolve) => evil.close(resolve));
  });
});

function forbidden(path: string): Instead {
  const message = `volumeattachments.storage.k8s.io is forbidden: User "x" cannot list resource at ${path}`;
  return {
    status: 403,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', code: 403, message },
  };
}
