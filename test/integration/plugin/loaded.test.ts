/** What a command does not need is not loaded: each library costs every start some milliseconds. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BIN, runProgram } from '../../support/plugin-run.ts';

/** Words of the libraries that the plugin is made with, which stand in no other file. */
const LIBRARIES = {
  yargs: 'demandedOptions',
  zod: '_zod',
  'js-yaml': 'YAMLException',
  yaml: 'YAMLParseError',
  socks: 'SocksClientError',
  https: 'require("node:https")',
  tools: 'perconaservermongodbbackups',
  // The page of `ui`, and what serves it.
  page: 'kubectl-maint-key',
  express: 'X-Powered-By',
} as const;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-loaded-'));
  await writeFile(
    join(folder, 'list.cjs'),
    "process.on('exit', () => require('node:fs').writeFileSync(process.env.LIST, Object.keys(require.cache).join('\\n')));",
  );
  const nowhere = { apiVersion: 'v1', kind: 'Config', 'current-context': 'c' };
  const context = { contexts: [{ name: 'c', context: { cluster: 'c' } }] };
  const clusters = [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }];
  await writeFile(join(folder, 'config'), JSON.stringify({ ...nowhere, ...context, clusters }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function loadedBy(words: readonly string[]): Promise<readonly string[]> {
  const list = join(folder, 'list');
  const env = { LIST: list, KUBECONFIG: join(folder, 'config') };
  await runProgram(process.execPath, ['--require', join(folder, 'list.cjs'), BIN, ...words], env);
  const files = (await readFile(list, 'utf8')).split('\n').filter((file) => !file.startsWith(folder));
  const text = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
  return Object.entries(LIBRARIES).flatMap(([name, word]) => (text.includes(word) ? [name] : []));
}

test.each([
  ['version --client', []],
  // The overview tells of every flag, and which rules `allow` lifts.
  ['--help', ['zod']],
  ['on --help', []],
  ['__complete status --', []],
  ['version --client -o json', ['yargs']],
  ['version', ['zod', 'js-yaml', 'https', 'tools']],
  ['status --watch=false', ['zod', 'js-yaml', 'https']],
  ['__complete status ', ['zod', 'js-yaml', 'https']],
  ['status', ['zod', 'js-yaml', 'https']],
  ['status -o yaml', ['yargs', 'zod', 'js-yaml', 'https']],
  ['doctor', ['zod', 'js-yaml', 'https', 'tools']],
  ['on n1', ['zod', 'js-yaml', 'https', 'tools']],
  ['off n1', ['zod', 'js-yaml', 'https']],
  ['ui --help', []],
  ['ui --kubeconfig=nowhere', ['yargs', 'zod', 'tools', 'page', 'express']],
])('%s', async (line, libraries) => {
  expect(await loadedBy(line.split(' '))).toEqual(libraries);
});
