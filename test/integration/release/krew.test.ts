/** What a release gives to users of krew: one file that needs no Node.js, and works against a cluster. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveName, thisPlatform } from '../../../packaging/release/platforms.ts';
import { buildRelease } from '../../../packaging/release/release.ts';
import { type ControlPlane, startControlPlane } from '../../control-plane/control-plane.ts';
import { freshKrew, type Krew } from '../../support/krew.ts';

const name = 'worker-1';

let folder: string;
let plane: ControlPlane;
let krew: Krew;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-krew-test-'));
  const baseUrl = new URL('https://example.com/releases/');
  krew = await freshKrew();
  plane = await startControlPlane({ controllerManager: false, scheduler: false, nodes: [{ name }] });
  await buildRelease({ platforms: [thisPlatform()], folder, baseUrl });
}, 600_000);

afterAll(async () => {
  await plane.stop();
  await krew.end();
  await rm(folder, { recursive: true, force: true });
});

test('krew installs it from its manifest, and says what else there is', async () => {
  const archive = join(folder, archiveName(thisPlatform()));
  const ran = await krew.kubectl([
    'krew',
    'install',
    `--manifest=${join(folder, 'maint.yaml')}`,
    `--archive=${archive}`,
  ]);
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stderr).toMatch(/Installed plugin: maint\n[^]*The plugin works alone/);
});

test('kubectl runs it without any Node.js, whatever NODE_OPTIONS says', async () => {
  const ran = await krew.kubectl(['maint', 'version', '--client'], { NODE_OPTIONS: '--require=/nowhere.cjs' });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toMatch(/^Client Version: \d+\.\d+\.\d+\n$/);
});

test('kubectl completes its words with the program beside it', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  await krew.link(join(krew.store('maint', `v${version}`), 'kubectl_complete-maint'));
  const ran = await krew.kubectl(['__complete', 'maint', 'o'], { KUBECONFIG: plane.kubeconfig });
  expect(ran).toMatchObject({ code: 0 });
  expect(ran.stdout).toMatch(/^on\tTake nodes[^]*^off\tBring nodes/m);
});

test('a maintenance from its beginning to its end', async () => {
  const maint = (...args: readonly string[]) => krew.kubectl(['maint', ...args], { KUBECONFIG: plane.kubeconfig });
  expect(await maint('on', name, '--allow-last-node')).toMatchObject({ code: 0 });
  expect(await maint('status', '-o', 'name')).toMatchObject({ code: 0, stdout: `node/${name}\n` });
  expect(await maint('off', name, '--skip-health-check')).toMatchObject({ code: 0 });
  expect(await maint('status')).toMatchObject({ code: 0, stderr: 'No nodes in maintenance.\n' });
});
