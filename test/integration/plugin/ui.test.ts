/** How `kubectl maint ui` begins, where no browser is needed to see it. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { pluginRunner, type PluginRunner } from '../../support/plugin-run.ts';
import { startUi } from '../../support/ui-process.ts';
import { until } from '../../support/until.ts';

let plane: ControlPlane;
let plugin: PluginRunner;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-ui-'));
  plane = await startControlPlane({ controllerManager: false, scheduler: false, kwok: false });
  plugin = pluginRunner(plane);
});

afterAll(async () => {
  await plane.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A PATH on which a script stands for whatever opens a browser. */
async function opening(script: string): Promise<string> {
  await writeFile(join(folder, 'xdg-open'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'xdg-open'), 0o755);
  return [folder, resolve('dist/bin'), resolve('node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
}

test('it opens the browser with the address that it prints, and ends with Ctrl-C', async () => {
  const seen = join(folder, 'seen');
  const running = await plugin.start(['ui'], { env: { PATH: await opening(`printf %s "$1" > ${seen}`) } });
  await until('the browser is opened', async () => (await readFile(seen, 'utf8').catch(() => '')) !== '');
  const address = await readFile(seen, 'utf8');
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
  await until('it says that it only reads', () => running.said().includes('the page only reads; Ctrl-C ends it'));
  running.signal('SIGINT');
  const ran = await running.ended;
  expect(ran).toMatchObject({ code: 130, stdout: `${address}\n` });
  expect(ran.stderr).not.toContain('no browser');
});

test('where no browser opens it says so, and serves all the same', async () => {
  const running = await plugin.start(['ui'], { env: { PATH: await opening('exit 3') } });
  await until('it says so', () => running.said().includes('no browser could be opened: open the address above'));
  const [origin = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(running.said()) ?? [];
  expect((await fetch(`${origin}/`)).status).toBe(200);
  running.signal('SIGTERM');
  expect(await running.ended).toMatchObject({ code: 130 });
});

test('a port that is taken is bad usage, and says what to do', async () => {
  await using ui = await startUi(plugin);
  const ran = await plugin.maint(['ui', '--no-open', '--port', String(ui.port)]);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toMatch(/^error: cannot serve on 127\.0\.0\.1:\d+: .*EADDRINUSE.*\nhint: leave --port out/);
});

test('a port that is none is bad usage', async () => {
  const ran = await plugin.maint(['ui', '--port', '70000']);
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain('--port: 70000 is no port');
});

test('a kubeconfig without contexts is the same error as everywhere', async () => {
  const file = join(folder, 'empty');
  await writeFile(file, stringify({ apiVersion: 'v1', kind: 'Config' }));
  const env = { KUBECONFIG: file, HOME: folder };
  const [ui, status] = await Promise.all([
    plugin.maint(['ui', '--no-open'], { env }),
    plugin.maint(['status'], { env }),
  ]);
  expect(ui.stderr).toBe(status.stderr);
  expect(ui.code).toBe(status.code);
});

test('what it writes holds no credentials, however much is logged', async () => {
  await using ui = await startUi(plugin, ['-v', '9']);
  await until('requests are logged', () => ui.said().includes('/api/v1/nodes'));
  expect(ui.said()).not.toContain(plane.adminToken);
});
