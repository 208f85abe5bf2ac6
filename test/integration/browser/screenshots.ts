/** `npm run screenshots`: the four screens of `kubectl maint ui`, light and dark, as docs/images shows them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { startUi, type UiProcess } from '../../support/ui-process.ts';
import { startWebhook } from '../../support/webhook-process.ts';
import { Workloads } from '../../support/workloads.ts';
import { browserOrThrow, launchBrowser } from './browser.ts';
import { CLUSTER, visit } from './visitor.ts';

const FOLDER = 'docs/images';
const VIEWPORT = { width: 1280, height: 800 };
const NAMES = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'b4', 'c1', 'c2', 'c3'];

/** The node whose drain a budget holds. */
const DRAINED = 'worker-a3';

/** A cluster in which something of everything goes on. */
async function furnish(plane: ControlPlane, plugin: PluginRunner): Promise<void> {
  const world = new Workloads(plane);
  await world.namespace('shop');
  await world.daemonSet('fluent-bit', 'shop', 'logs', NAMES.length);
  await world.deployment('web', { namespace: 'shop', labels: { pool: 'a3' } }, 6);
  await world.deployment('db', { namespace: 'shop', labels: { pool: 'a3' } }, 2);
  await world.budget('db', 'shop', 'db', 2);
  const on = (node: string, ...flags: readonly string[]) => plugin.maint(['on', node, ...flags]);
  await on('worker-b1', '--owner=ben', '--ticket=CHG-2041', '--reason=replace a fan', '--for=45m');
  await on('worker-b2', '--owner=anna', '--reason=kernel 6.12', '--for=1s');
  await on('worker-b3', '--owner=ben', '--reason=same rack', '--no-drain', '--for=3h');
  await on('worker-c1', '--owner=ops', '--mode=cordon', '--reason=flapping link', '--for=6h');
  await plugin.maint(['allow', 'worker-b1', '--rules=backup', '--for=30m', '--reason=last one before the swap']);
  await plane.kubectl(['cordon', 'worker-c3']);
  await refusedBackup(plane, 'worker-b1');
}

/** A backup by hand that names a node in maintenance: it is refused, and the node has an Event of it. */
async function refusedBackup(plane: ControlPlane, node: string): Promise<void> {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'kube-bench', namespace: 'shop' },
    spec: { nodeName: node, containers: [{ name: 'kube-bench', image: 'aquasec/kube-bench:v0.9.4' }] },
  };
  await plane.api('POST', '/api/v1/namespaces/shop/pods', pod);
}

async function beginDrain(page: Page, ui: UiProcess): Promise<void> {
  await page.goto(`${ui.origin}/#/node/${CLUSTER}/${DRAINED}`);
  await page.getByText('Take into maintenance', { exact: true }).click();
  await page.getByLabel('Reason').fill('swap a disk');
  await page.getByLabel('Ticket').fill('CHG-2040');
  await page.getByLabel('Expected to take').fill('2h');
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await page.getByRole('button', { name: `Take ${DRAINED} into maintenance` }).waitFor();
  await page.locator('.planned').screenshot({ path: join(FOLDER, 'ui-plan-light.png') });
  await page.getByRole('button', { name: `Take ${DRAINED} into maintenance` }).click();
  await page.locator('.run .cause').first().waitFor();
}

async function take(browser: Browser, ui: UiProcess, colorScheme: 'light' | 'dark'): Promise<void> {
  await using visitor = await visit(browser, ui, { colorScheme, viewport: VIEWPORT });
  const { page } = visitor;
  const shot = async (screen: string, seen: string, name: string): Promise<void> => {
    await page.goto(`${ui.origin}/#/${screen}`);
    await page.getByText(seen).first().waitFor();
    // Another screen begins at its top, a frame later.
    await page.waitForFunction('scrollY === 0');
    await page.screenshot({ path: join(FOLDER, `ui-${name}-${colorScheme}.png`) });
  };
  await page.getByText('worker-b2').first().waitFor();
  await page.getByText('registered').first().waitFor();
  if (colorScheme === 'light') await beginDrain(page, ui);
  await shot('nodes', 'worker-c3', 'nodes');
  await shot(`node/${CLUSTER}/${DRAINED}`, 'Way back', 'node');
  await shot('times', 'flapping link', 'times');
  await shot('enforcement', 'Policy in force', 'enforcement');
}

const executable = await browserOrThrow(process.env);
await mkdir(FOLDER, { recursive: true });
const workers = NAMES.map((name) => ({ name: `worker-${name}`, labels: { pool: name, logs: 'yes' } }));
const masters = [1, 2, 3].map((number) => ({ name: `control-plane-${number}`, role: 'control-plane' as const }));
await using plane = await startControlPlane({ nodes: [...masters, ...workers] });
const webhook = await startWebhook(plane);
await webhook.register('Ignore');
const plugin = pluginRunner(plane);
await furnish(plane, plugin);
await using ui = await startUi(plugin, ['--allow-changes']);
const browser = await launchBrowser(executable);
await take(browser, ui, 'light');
await take(browser, ui, 'dark');
await browser.close();
await ui.end();
await webhook.stop();
