/**
 * `npm run rehearse`: the release as the workflow makes it, as far as that needs no hoster: it is pushed to a registry of this
 * machine, and signed with a key that is thrown away. Which step is left out, and why, is said.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNotReady } from '../release/readiness.ts';
import { builtInDist } from './built.ts';
import { startLocalRegistry } from './local-registry.ts';
import { publish } from './publish.ts';

const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const { published, built } = await builtInDist();
const tag = `v${published.version}`;
for (const problem of whyNotReady({ tag, published, changelog: await readFile('CHANGELOG.md', 'utf8') }))
  tell(`before it is published: ${problem}`);

const keys = await mkdtemp(join(tmpdir(), 'maint-keys-'));
const registry = await startLocalRegistry();
try {
  const key = keyIn(keys);
  if (key === undefined) tell('left out: signatures, as there is no cosign on the PATH');
  const place = { place: `${registry.host}/${published.owner}`, isLocal: true };
  await publish({ ...built, registry: place, signer: key === undefined ? undefined : { key }, tell });
} finally {
  await registry.stop();
  await rm(keys, { recursive: true, force: true });
}
tell('left out, as they need the hoster: npm publish, attestations of where it was built, the release itself');

/** A key of this rehearsal; undefined without cosign. */
function keyIn(folder: string): string | undefined {
  process.env['COSIGN_PASSWORD'] = '';
  const { status, error } = spawnSync('cosign', ['generate-key-pair'], { cwd: folder });
  return error === undefined && status === 0 ? join(folder, 'cosign.key') : undefined;
}
