/**
 * `npm run bench:ui`: how the page of `kubectl maint ui` keeps up with 1,000 nodes of which 50 change every second, and how it
 * scrolls through 5,000. Frames are counted in the browser; the other half of the machine is the API server's.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { nodeObject } from '../../control-plane/nodes.ts';
import { startControlPlane, type ControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner } from '../../support/plugin-run.ts';
import { startUi } from '../../support/ui-process.ts';
import { browserOrThrow, launchBrowser } from './browser.ts';
import { visit } from './visitor.ts';

/** The promise: no frame takes longer, in ms. */
const BAR_MS = 100;
const CHANGES_PER_SECOND = 50;
const SECONDS = 20;
const HELD = 20;
/** Of the way from the first row to the last. */
const STEPS = 100;
/** Requests to the API server at once while nodes are made. */
const AT_ONCE = 20;

const name = (index: number): string => `node-${String(index).padStart(4, '0')}`;

async function addNodes(plane: ControlPlane, from: number, to: number): Promise<void> {
  for (let index = from; index < to; index += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, to - index) }, (_, one) => name(index + one));
    await Promise.all(some.map((one) => plane.api('POST', '/api/v1/nodes', nodeObject({ name: one }))));
  }
}

/** Changes one node after the other, evenly over the time. */
async function change(plane: ControlPlane, nodes: number): Promise<void> {
  const every = 1000 / CHANGES_PER_SECOND;
  const changes: Promise<unknown>[] = [];
  for (let index = 0; index < SECONDS * CHANGES_PER_SECOND; index += 1) {
    const path = `/api/v1/nodes/${name((index * 7) % nodes)}`;
    changes.push(plane.api('PATCH', path, { spec: { unschedulable: index % 2 === 0 } }));
    await wait(every);
  }
  await Promise.all(changes);
}

const Frames = z.array(z.number());
const Metrics = z.object({ metrics: z.array(z.object({ name: z.string(), value: z.number() })) });

/** What the page does while something goes on. */
interface Watched {
  /** How long each frame took, in ms. A machine that is busy elsewhere makes them longer. */
  readonly frames: readonly number[];
  /** Seconds of the processor for the page's own thread: scripts, styles, layout, painting. */
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** Looks at the page while something is done. */
async function watch(page: Page, work: () => Promise<void>): Promise<Watched> {
  const debug = await page.context().newCDPSession(page);
  await debug.send('Performance.enable', { timeDomain: 'threadTicks' });
  const cpu = async (): Promise<number> => {
    const { metrics } = Metrics.parse(await debug.send('Performance.getMetrics'));
    return metrics.find((one) => one.name === 'TaskDuration')?.value ?? 0;
  };
  const [before, began] = [await cpu(), Date.now()];
  await page.evaluate(
    '(() => { const seen = []; globalThis.frames_ = seen; let last = performance.now(); const look = (at) => { seen.push(at - last); last = at; if (globalThis.frames_ === seen) requestAnimationFrame(look); }; requestAnimationFrame(look); })()',
  );
  await work();
  const frames = Frames.parse(await page.evaluate('frames_')).slice(1);
  return { frames, cpuSeconds: (await cpu()) - before, seconds: (Date.now() - began) / 1000 };
}

function tell(what: string, { frames, cpuSeconds, seconds }: Watched): void {
  const sorted = [...frames].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(0);
  const late = sorted.filter((ms) => ms > BAR_MS).length;
  process.stdout.write(
    `${what}: page ${((cpuSeconds / seconds) * 100).toFixed(1)} % of a processor, ${((cpuSeconds / sorted.length) * 1000).toFixed(1)} ms of it a frame; ` +
      `${sorted.length} frames, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms, ${late} over ${BAR_MS} ms\n`,
  );
}

/** Resident memory of a process, in MiB (proc(5)). */
async function residentMib(pid: number): Promise<string> {
  const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kib) / 1024).toFixed(0);
}

async function measure(plane: ControlPlane, browser: Browser): Promise<void> {
  await addNodes(plane, 0, 1000);
  const plugin = pluginRunner(plane);
  const held = Array.from({ length: HELD }, (_, index) => name(index));
  await plugin.maint(['on', ...held, '--mode=cordon', '--owner=ops', '--max-unavailable=50']);
  await using ui = await startUi(plugin);
  await using visitor = await visit(browser, ui, { viewport: { width: 1280, height: 800 } });
  const { page } = visitor;
  await page.getByText('1000 nodes').waitFor();
  tell('1,000 nodes, nothing changes', await watch(page, () => wait(5000)));
  tell(
    `1,000 nodes, ${CHANGES_PER_SECOND} changes a second for ${SECONDS} s`,
    await watch(page, () => change(plane, 1000)),
  );
  await addNodes(plane, 1000, 5000);
  await page.getByText('5000 nodes').waitFor();
  await wait(3000);
  const scroll = async (): Promise<void> => {
    for (let step = 1; step <= STEPS; step += 1)
      await page.evaluate(`scrollTo(0, document.body.scrollHeight * ${step / STEPS})`);
    await page.getByRole('link', { name: name(4999) }).waitFor();
  };
  tell('5,000 nodes, scrolled from end to end', await watch(page, scroll));
  process.stdout.write(`server with 5,000 nodes: ${await residentMib(ui.pid)} MiB resident\n`);
}

const executable = await browserOrThrow(process.env);
await using plane = await startControlPlane({ controllerManager: false, scheduler: false, kwok: false });
const browser = await launchBrowser(executable);
await measure(plane, browser);
await browser.close();
