/**
 * `npm run test:versions [-- 1.36 1.34]`: the integration tests against every Kubernetes that docs/support.md names, or
 * against some of them, one after the other, each with a control plane of its own.
 */
import { spawnSync } from 'node:child_process';
import { ensureOlder } from '../control-plane/older.ts';
import { KUBERNETES_VERSION, OLDER_VERSIONS } from '../control-plane/versions.ts';
import { chosenVersions } from './choice.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Whether all tests pass on a version. */
async function passes(version: string): Promise<boolean> {
  const older =
    version === KUBERNETES_VERSION
      ? {}
      : { KUBEBUILDER_ASSETS: await ensureOlder(version, { env: process.env, log: say }) };
  say(`Kubernetes ${version}`);
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'integration'];
  return spawnSync(process.execPath, vitest, { env: { ...process.env, ...older }, stdio: 'inherit' }).status === 0;
}

const chosen = chosenVersions([KUBERNETES_VERSION, ...OLDER_VERSIONS], process.argv.slice(2));
if (chosen.ok) {
  const results: string[] = [];
  for (const version of chosen.value) {
    const isPassed = await passes(version);
    results.push(`${isPassed ? 'passed' : 'FAILED'}  ${version}`);
    if (!isPassed) process.exitCode = 1;
  }
  say(results.join('\n'));
} else {
  say(chosen.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  process.exitCode = 2;
}
