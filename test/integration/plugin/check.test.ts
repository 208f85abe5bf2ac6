/** `check` by the built plugin and without a cluster: configurations, colour, and thousands of documents. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at } from '../../../shared/index.ts';
import { nodesFile } from '../../support/fixtures.ts';
import { BIN, runProgram } from '../../support/plugin-run.ts';

const HEAD = 'apiVersion: kubectl-maint.io/v1alpha1\nkind: MaintenancePolicy\n';
/** Most memory that a check of DOCUMENTS may take, in KiB; the parsing alone takes 100 MiB. */
const MAX_RSS_KIB = 250 * 1024;
const DOCUMENTS = 10_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maint-check-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function written(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runProgram(process.execPath, ['--max-semi-space-size=4', BIN, 'check', ...args], env);

describe('--validate', () => {
  test('exit 0 and a line for a valid configuration', async () => {
    const file = await written('policy.yaml', `${HEAD}preset: palette\n`);
    expect(await run(['--policy', file, '--validate'])).toMatchObject({
      code: 0,
      stdout: `policy ${file} is valid\n`,
      stderr: '',
    });
  });

  test('exit 2 and every problem on a line of stderr', async () => {
    const file = await written('wrong.yaml', `${HEAD}preset: x\nrules: { scan: { mode: of } }\n`);
    expect(await run(['--policy', file, '--validate'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'preset: must be default or palette (found "x")\nrules.scan.mode: must be enforce or warn or audit or off (found "of")\n',
    });
  });
});

function jobs(count: number): string {
  return Array.from(
    { length: count },
    (_, index) => `---
apiVersion: batch/v1
kind: Job
metadata: { name: job-${index}, namespace: team-${index % 50} }
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: example.com/report:1.${index}
`,
  ).join('');
}

test(`${DOCUMENTS} documents are checked in bounded memory, and nothing is coloured that is no terminal`, async () => {
  const file = await written('jobs.yaml', jobs(DOCUMENTS));
  const preload = await written(
    'rss.cjs',
    `process.on('exit', () => process.stderr.write('maxRSS ' + process.resourceUsage().maxRSS + '\\n'));`,
  );
  const ran = await run(['-f', file, '--nodes', nodesFile('two-in-maintenance')], {
    NODE_OPTIONS: `--require ${preload}`,
  });
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(new RegExp(`^${DOCUMENTS} allowed, 0 warned, 0 denied, 0 invalid$`, 'm'));
  expect(ran.stdout).not.toContain('\u001b');
  const kib = Number(/maxRSS (\d+)/.exec(ran.stderr)?.[1]);
  expect(kib).toBeGreaterThan(0);
  expect(kib).toBeLessThan(MAX_RSS_KIB);
});

test('a configuration decides as the webhook with it would', async () => {
  const policy = await written('audit.yaml', `${HEAD}rules: { backup: { mode: audit } }\n`);
  const backup = {
    apiVersion: 'zfs.openebs.io/v1',
    kind: 'ZFSBackup',
    metadata: { name: 'a' },
    spec: { ownerNodeID: 'n1' },
  };
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1', annotations: { 'kubectl-maint.io/maintenance': '{}' } },
  };
  const args = ['-f', await written('a.json', JSON.stringify(backup)), '-o', 'json'];
  args.push('--nodes', await written('nodes.json', JSON.stringify(node)));
  const [strict, audited] = await Promise.all([run(args), run([...args, '--policy', policy])]);
  expect([strict.code, at(JSON.parse(strict.stdout), 'summary', 'denied')]).toEqual([3, 1]);
  expect([audited.code, at(JSON.parse(audited.stdout), 'summary', 'denied')]).toEqual([0, 0]);
});
