import type { Browser, BrowserContextOptions } from 'playwright-core';
import { textAt } from '../../../shared/index.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { startUi, type UiProcess } from '../../support/ui-process.ts';
import { Workloads } from '../../support/workloads.ts';
import { launchBrowser } from './browser.ts';
import { visit, type Visitor } from './visitor.ts';

/** What somebody writes who wants to be more than text. */
export const HOSTILE = '<img src=x onerror="document.title=1"> & <script>x</script>';

/** Each is a pool of its own: `pool=p1` and so on. */
const WORKERS = [1, 2, 3, 4, 5, 6].map((number) => ({ name: `worker-${number}`, labels: { pool: `p${number}` } }));

/** What the tests of the page begin with: a cluster with a namespace `shop`, its page, which may change it, and a browser. */
export interface Scene {
  readonly plane: ControlPlane;
  readonly plugin: PluginRunner;
  readonly world: Workloads;
  readonly browser: Browser;
  readonly ui: UiProcess;
  /** Opens its page in a browser of one's own. */
  visit(options?: BrowserContextOptions): Promise<Visitor>;
  /** How a node is marked; undefined: it is not in maintenance. */
  stateOf(node: string): Promise<string | undefined>;
  end(): Promise<void>;
}

/** Opens one, with more flags for the browser where a test needs them. */
export async function openScene(executable: string, browserFlags: readonly string[] = []): Promise<Scene> {
  const [plane, browser] = await Promise.all([
    startControlPlane({ nodes: [{ name: 'control-plane-1', role: 'control-plane' }, ...WORKERS] }),
    launchBrowser(executable, browserFlags),
  ]);
  const plugin = pluginRunner(plane);
  const world = new Workloads(plane);
  await world.namespace('shop');
  const ui = await startUi(plugin, ['--allow-changes']);
  return {
    ...{ plane, plugin, world, browser, ui },
    visit: (options) => visit(browser, ui, options),
    stateOf: async (node) => textAt(await world.node(node), 'metadata', 'labels', 'kubectl-maint.io/maintenance'),
    end: async () => {
      await ui.end();
      await browser.close();
      await plane.stop();
    },
  };
}

/** An Event about a node that happens now; of ours, unless `told` says otherwise. */
export function eventAbout(node: string, told: object, uid = '') {
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: 'told-', namespace: 'default', creationTimestamp: now },
    involvedObject: { kind: 'Node', apiVersion: 'v1', name: node, uid },
    type: 'Warning',
    source: { component: 'kubectl-maint' },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    ...told,
  };
}
