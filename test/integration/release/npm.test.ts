/** What a release gives to users of npm: a package without dependencies. */
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAt, textAt } from '../../../shared/index.ts';
import { BIN, runProgram, type Ran } from '../../support/plugin-run.ts';

let folder: string;
let packed: unknown;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-npm-test-'));
  const ran = await npm('.', 'pack', '--json', '--pack-destination', folder);
  expect(ran).toMatchObject({ code: 0 });
  [packed] = listAt({ packages: JSON.parse(ran.stdout) as unknown }, 'packages');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs npm in a folder, with the Node.js of the project and without a registry. */
function npm(prefix: string, ...args: readonly string[]): Promise<Ran> {
  const path = [resolve('node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const env = { PATH: path, HOME: folder, npm_config_update_notifier: 'false' };
  return runProgram('npm', ['--prefix', prefix, '--offline', ...args], env);
}

test('holds the bins and what a reader needs, and nothing else', async () => {
  const loaded = (await readdir('dist/kubectl-maint')).map((name) => `dist/kubectl-maint/${name}`);
  expect(
    listAt(packed, 'files')
      .flatMap((file) => textAt(file, 'path') ?? [])
      .sort(),
  ).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist/kubectl-maint.LICENSES.txt',
    'dist/kubectl-maint.cjs',
    ...loaded.sort(),
    'dist/kubectl_complete-maint.cjs',
    'dist/maint-webhook.LICENSES.txt',
    'dist/maint-webhook.cjs',
    'package.json',
  ]);
});

test('an empty folder has the plugin after npm install, and npx runs it', async () => {
  const home = join(folder, 'empty');
  await mkdir(home);
  expect(await npm(home, 'install', join(folder, textAt(packed, 'filename') ?? ''))).toMatchObject({ code: 0 });
  const { stdout } = await npm(home, 'exec', '--no', 'kubectl-maint', 'version', '--client');
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  expect(stdout).toBe(`Client Version: ${version}\n`);
  expect(await readFile(join(home, 'node_modules/kubectl-maint/dist/kubectl-maint.cjs'))).toEqual(await readFile(BIN));
});
