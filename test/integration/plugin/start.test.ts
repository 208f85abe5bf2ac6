import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { ensureBinaries } from '../../control-plane/binaries.ts';
import { like } from '../../support/like.ts';
import { BIN, pluginEnvironment, runProgram } from '../../support/plugin-run.ts';

/** How the plugin starts: none of this needs a cluster. */
let folder: string;
let kubectl: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-start-'));
  const binaries = await ensureBinaries({ env: process.env, log: () => undefined });
  kubectl = binaries.path('kubectl');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs with a home folder without a kubeconfig, and whatever the test adds. */
function environment(more: Readonly<Record<string, string>> = {}): Record<string, string | undefined> {
  const { KUBECONFIG, ...rest } = pluginEnvironment('', { HOME: folder, ...more });
  return more['KUBECONFIG'] === undefined ? rest : { ...rest, KUBECONFIG };
}

async function preload(name: string, code: string): Promise<Record<string, string>> {
  const file = join(folder, name);
  await writeFile(file, code);
  return { NODE_OPTIONS: `--require ${JSON.stringify(file)}` };
}

/** Has the process write the names of the modules of Node that it loaded into a file. */
async function loadedInto(file: string): Promise<Record<string, string>> {
  const write = `require('node:fs').writeFileSync(${JSON.stringify(file)}, process.moduleLoadList.join('\\n'))`;
  return preload('list.cjs', `process.on('exit', () => ${write});`);
}

async function kubeconfig(name: string, contexts: readonly object[]): Promise<string> {
  const file = join(folder, name);
  const clusters = [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }];
  await writeFile(
    file,
    stringify({ apiVersion: 'v1', kind: 'Config', clusters, contexts, users: [{ name: 'u', user: {} }] }),
  );
  return file;
}

describe('as a plugin of kubectl', () => {
  test('kubectl lists it, without a complaint', async () => {
    const ran = await runProgram(kubectl, ['plugin', 'list'], environment());
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/^\S*dist\/bin\/kubectl-maint$/m);
    expect(ran.stdout + ran.stderr).not.toMatch(/warning.*kubectl-maint/i);
  });

  test('kubectl maint and the bin itself say the same', async () => {
    for (const args of [['--help'], ['on', '--help'], ['version', '--client'], ['version'], ['on', 'n1', 'n1']]) {
      const [through, direct] = await Promise.all([
        runProgram(kubectl, ['maint', ...args], environment()),
        runProgram(BIN, args, environment()),
      ]);
      expect(through).toEqual(direct);
    }
  });

  test('a word that is no command is one line and a hint, exit 2', async () => {
    const ran = await runProgram(kubectl, ['maint', 'frobnicate'], environment());
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^error: .*"frobnicate".*\nhint: kubectl maint --help.*\n$/);
  });

  test('a reader that leaves is no crash', async () => {
    // The reader ends before the plugin writes: Node takes longer to start than `true` to end.
    const ran = await runProgram('/bin/bash', ['-c', `"${BIN}" --help | true; echo "$PIPESTATUS"`], environment());
    expect(ran).toMatchObject({ stdout: '0\n', stderr: '' });
  });
});

describe('light', () => {
  test.each(['--help', 'on --help', 'off -h', 'status --help', 'version --client', 'on'])(
    '`%s` loads neither the network nor the client',
    async (words) => {
      const list = join(folder, `loaded-${words}`);
      await runProgram(BIN, words.split(' '), environment(await loadedInto(list)));
      const loaded = (await readFile(list, 'utf8')).split('\n');
      expect(loaded).toContain('NativeModule fs');
      const heavy = ['https', 'http', 'tls', 'http2', 'child_process', 'crypto', 'dns', 'zlib'];
      expect(loaded.filter((name) => heavy.some((module) => name === `NativeModule ${module}`))).toEqual([]);
    },
  );

  test('the hook sees what a command that connects loads', async () => {
    const list = join(folder, 'loaded-status');
    const KUBECONFIG = await kubeconfig('dead.yaml', [{ name: 'x', context: { cluster: 'c', user: 'u' } }]);
    const env = environment({ ...(await loadedInto(list)), KUBECONFIG });
    const ran = await runProgram(BIN, ['status', '--context', 'x'], env);
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('error: ');
    expect((await readFile(list, 'utf8')).split('\n')).toContain('NativeModule https');
  });
});

describe('what is missing is said plainly', () => {
  test.each(['18.0.0', '20.20.2', '22.18.9', '0.12.18'])(
    'a Node that is too old (%s): one line, exit 2',
    async (version) => {
      const code = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
      Object.defineProperty(process, 'version', { value: 'v${version}' });`;
      const ran = await runProgram(BIN, ['status'], environment(await preload(`node-${version}.cjs`, code)));
      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(ran.stderr).toBe(
        `error: kubectl maint needs Node.js 22.19 or newer, and this is v${version}: install it from https://nodejs.org or with your package manager\n`,
      );
    },
  );

  test.each(['22.19.0', '24.0.0', '100.0.0'])('Node %s is new enough', async (version) => {
    const code = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
    const ran = await runProgram(BIN, ['version', '--client'], environment(await preload(`node-${version}.cjs`, code)));
    expect(ran).toMatchObject({ code: 0, stderr: '' });
  });

  test('no kubeconfig anywhere', async () => {
    const ran = await runProgram(kubectl, ['maint', 'status'], environment());
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toBe(
      `error: no cluster is configured: no kubeconfig with a cluster in ${join(folder, '.kube/config')}\nhint: name a kubeconfig with --kubeconfig or $KUBECONFIG, or put it at ~/.kube/config\n`,
    );
  });

  test('no kubeconfig, of which `version` tells what it knows', async () => {
    const ran = await runProgram(BIN, ['version', '-o', 'json'], environment());
    expect(ran).toMatchObject({ code: 2, stderr: like('error: no cluster is configured: ') });
    expect(Object.keys(JSON.parse(ran.stdout) as object)).toEqual(['clientVersion']);
  });

  test('a kubeconfig that is not there', async () => {
    const missing = join(folder, 'nowhere.yaml');
    const ran = await runProgram(BIN, ['on', 'n1', '--kubeconfig', missing], environment());
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(new RegExp(`^error: .*${missing.replaceAll('.', '\\.')}.*\\n`));
  });

  test('a context that is not in it', async () => {
    const KUBECONFIG = await kubeconfig('contexts.yaml', [{ name: 'here', context: { cluster: 'c', user: 'u' } }]);
    const ran = await runProgram(BIN, ['off', 'n1', '--context', 'there'], environment({ KUBECONFIG }));
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^error: .*"?there"?.*\n/);
  });

  test('a server that does not answer', async () => {
    const KUBECONFIG = await kubeconfig('dead.yaml', [{ name: 'x', context: { cluster: 'c', user: 'u' } }]);
    const ran = await runProgram(BIN, ['status', '--context', 'x'], environment({ KUBECONFIG }));
    expect(ran).toMatchObject({ code: 4, stdout: '' });
    expect(ran.stderr).toContain('127.0.0.1:1');
    expect(ran.stderr).not.toContain('bug');
  });
});
