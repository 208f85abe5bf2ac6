/**
 * `npm run test:versions [-- 1.36 1.34 test/integration/hold]`: the integration tests against every Kubernetes that
 * docs/support.md names, or some of the one against some of the other, one after the other, each with a control plane of its
 * own. Ends with a table; 0 if all passed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, statSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { binariesFolder, isExecutable } from '../control-plane/cache-folder.ts';
import { ControlPlaneError } from '../control-plane/errors.ts';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { ensureOlder } from '../control-plane/older.ts';
import { KUBERNETES_PROGRAMS, KUBERNETES_VERSION, OLDER_VERSIONS } from '../control-plane/versions.ts';
import { chosen } from './choice.ts';
import { countsIn, exitCode, failuresIn, notServedIn, summary, type Outcome, type Programs } from './outcome.ts';

/** Where the output of each suite is kept. */
const LOGS = join('dist', 'versions');

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Builds what is missing of a version, and says what there is then. */
async function programsOf(version: string, assets: () => Promise<unknown>): Promise<Programs> {
  const paths = KUBERNETES_PROGRAMS.map((name) => join(binariesFolder(process.env, version), name));
  const isThere = paths.every(isExecutable);
  const start = Date.now();
  await assets();
  const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
  return { builtInMs: isThere ? undefined : Date.now() - start, bytes };
}

/** The outcome of one version; of a build that fails only what a person can do about it. */
async function tried(version: string, files: readonly string[]): Promise<Outcome> {
  const options = { env: process.env, log: say };
  const isToday = version === KUBERNETES_VERSION;
  try {
    const programs = await programsOf(version, () =>
      isToday ? ensureBinaries(options) : ensureOlder(version, options),
    );
    const env = isToday ? process.env : { ...process.env, KUBEBUILDER_ASSETS: binariesFolder(process.env, version) };
    return { version, programs, ...(await suite(version, files, env)) };
  } catch (error) {
    if (!(error instanceof ControlPlaneError)) throw error;
    const notServed = notServedIn(error.message);
    say(error.message);
    if (notServed !== undefined) return { version, state: 'skipped', reason: `not served, ${notServed}` };
    return { version, state: 'not built', reason: error.message.split('\n')[0] ?? '' };
  }
}

/** Runs the integration tests; what they print is shown and kept. */
async function suite(
  version: string,
  files: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Pick<Outcome & { state: 'run' }, 'state' | 'counts' | 'tookMs' | 'failures'>> {
  const path = join(LOGS, `${version}.log`);
  await mkdir(LOGS, { recursive: true });
  say(`Kubernetes ${version}: ${files.length === 0 ? 'all integration tests' : files.join(' ')}, kept in ${path}`);
  const start = Date.now();
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'integration', ...files];
  const child = spawn(process.execPath, vitest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = createWriteStream(path);
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(log, { end: false });
    stream.pipe(process.stderr, { end: false });
  }
  await once(child, 'close');
  log.end();
  await once(log, 'finish');
  const output = await readFile(path, 'utf8');
  const counted = countsIn(output) ?? { passed: 0, failed: 0, skipped: 0 };
  // A run that ended before its last line, or that failed for another reason than a test, has failed all the same.
  const failed = child.exitCode === 0 ? counted.failed : Math.max(1, counted.failed);
  return { state: 'run', counts: { ...counted, failed }, tookMs: Date.now() - start, failures: failuresIn(output) };
}

const args = process.argv.slice(2);
const choice = chosen([KUBERNETES_VERSION, ...OLDER_VERSIONS], args);
if (choice.ok) {
  const { versions, files } = choice.value;
  say(`to be run: Kubernetes ${versions.join(', ')}`);
  const outcomes: Outcome[] = [];
  for (const version of versions) outcomes.push(await tried(version, files));
  process.stdout.write(`\n${summary(outcomes)}\n`);
  process.exitCode = exitCode(outcomes, args.length > files.length);
} else {
  say(choice.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  process.exitCode = 2;
}
