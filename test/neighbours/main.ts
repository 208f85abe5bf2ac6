/**
 * `npm run test:neighbours [-- NAME… | --built]`: real controllers of other projects beside a real control plane and our
 * webhook. Each is built once from its public Go module, and kept; `--built` runs those alone that are there already, and
 * says which are not. Ends with 0 if all that was run passed.
 */
import { createVitest, type TestModule } from 'vitest/node';
import { ensureBinaries } from '../control-plane/binaries.ts';
import { renderElapsed } from '../control-plane/elapsed.ts';
import { ControlPlaneError } from '../control-plane/errors.ts';
import { ensureBuilt, isBuilt, lackedBy } from './build.ts';
import { NEIGHBOURS, type Neighbour } from './neighbours.ts';

const BYTES_A_MEGABYTE = 1_000_000;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Builds it where it is missing. Says why not, and goes on with the next: a module that is not served is no fault of ours. */
async function isReady(neighbour: Neighbour): Promise<boolean> {
  const title = `${neighbour.name} ${neighbour.version}`;
  try {
    const { tookMs, bytes } = await ensureBuilt(neighbour, { env: process.env, log: say });
    say(`${title}: ready after ${renderElapsed(tookMs)}, ${Math.round(bytes / BYTES_A_MEGABYTE)} MB`);
    return true;
  } catch (error) {
    if (!(error instanceof ControlPlaneError)) throw error;
    say(`${title}: not built, skipped: ${error.message}`);
    return false;
  }
}

/** Whether this machine has what it needs besides. */
function isPossible(neighbour: Neighbour): boolean {
  const lacked = lackedBy(neighbour, process.env);
  if (lacked.length > 0) say(`${neighbour.name}: skipped, this machine lacks ${lacked.join(', ')}`);
  return lacked.length === 0;
}

async function chosen(args: readonly string[]): Promise<readonly Neighbour[]> {
  if (args.includes('--built')) {
    const there = NEIGHBOURS.filter((one) => isBuilt(one, process.env));
    const others = NEIGHBOURS.filter((one) => !there.includes(one)).map(({ name }) => name);
    if (others.length > 0) say(`not built, skipped: ${others.join(', ')} (npm run test:neighbours builds them)`);
    return there.filter(isPossible);
  }
  const wanted = NEIGHBOURS.filter(({ name }) => args.length === 0 || args.includes(name)).filter(isPossible);
  const ready: Neighbour[] = [];
  for (const neighbour of wanted) if (await isReady(neighbour)) ready.push(neighbour);
  return ready;
}

/** So long `--built` takes at most, and a test that is under way then: nobody asked for these tests, they are there. */
const BUILT_WITHIN_MS = 10 * 60_000;

/** Runs them, and says at the end which were not begun for want of time. */
async function runTests(folders: readonly string[], withinMs: number | undefined): Promise<void> {
  const vitest = await createVitest({ watch: false, project: ['neighbours'] });
  const timer = withinMs && setTimeout(() => void vitest.cancelCurrentRun('keyboard-input'), withinMs);
  const { testModules, unhandledErrors } = await vitest.start([...folders]);
  clearTimeout(timer);
  const left = testModules.filter(isLeft).map(({ relativeModuleId }) => relativeModuleId);
  if (left.length > 0) say(`not run to their end within ${renderElapsed(withinMs ?? 0)}: ${left.join(', ')}`);
  const hasFailed = unhandledErrors.length > 0 || testModules.some((one) => one.state() === 'failed');
  // Vitest takes an end before the last test for a failure.
  process.exitCode = hasFailed ? 1 : 0;
  await vitest.close();
}

/** Whether there are tests in it that nobody skipped, and that were not run. */
function isLeft(file: TestModule): boolean {
  const tests = [...file.children.allTests()];
  return tests.length === 0 || tests.some((one) => one.options.mode === 'run' && !OVER.includes(one.result().state));
}

const OVER: readonly string[] = ['passed', 'failed'];

const args = process.argv.slice(2);
const unknown = args.filter((arg) => arg !== '--built' && !NEIGHBOURS.some(({ name }) => name === arg));
if (unknown.length > 0) {
  say(`${unknown.join(', ')}: none of ${NEIGHBOURS.map(({ name }) => name).join(', ')}`);
  process.exitCode = 2;
} else {
  await ensureBinaries({ env: process.env, log: say });
  const folders = (await chosen(args)).map(({ name }) => `test/neighbours/${name}/`);
  if (folders.length > 0) await runTests(folders, args.includes('--built') ? BUILT_WITHIN_MS : undefined);
  else process.exitCode = args.includes('--built') ? 0 : 1;
}
