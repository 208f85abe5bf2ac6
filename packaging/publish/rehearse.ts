/**
 * `npm run rehearse`: the release as the workflow makes it, as far as that needs no hoster: it is pushed to a registry of this
 * machine, signed with a key that is thrown away, and packed for npm. Which step is left out, and why, is said.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNotReady } from '../release/readiness.ts';
import { builtInDist } from './built.ts';
import { startLocalRegistry } from './local-registry.ts';
import { publish, stepOutputs } from './publish.ts';
import { throwawayKey } from './throwaway-key.ts';

const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const { published, built } = await builtInDist();
const tag = `v${published.version}`;
for (const problem of whyNotReady({
  tag,
  published,
  changelog: await readFile('CHANGELOG.md', 'utf8'),
  runsIn: undefined,
}))
  tell(`before it is published: ${problem}`);

const keys = await mkdtemp(join(tmpdir(), 'maint-keys-'));
const local = await startLocalRegistry();
try {
  const signer = throwawayKey(keys);
  if (signer === undefined) tell('left out: signatures, as there is no cosign on the PATH');
  const registry = { place: `${local.host}/${published.owner}`, isLocal: true };
  const pushed = await publish({ ...built, registry, account: local.account, signer, tell });
  tell(`for later steps:\n${stepOutputs(registry, pushed).trimEnd()}`);
} finally {
  await local.stop();
  await rm(keys, { recursive: true, force: true });
}
const npm = ['publish', `./dist/release/kubectl-maint-${published.version}.tgz`, '--access', 'public', '--dry-run'];
tell(['npm', ...npm].join(' '));
process.exitCode = spawnSync('npm', [...npm, '--silent'], { stdio: 'inherit' }).status ?? 1;
tell(
  'left out, as they need the hoster: attestations of where it was built, the release itself, the provenance for npm',
);
