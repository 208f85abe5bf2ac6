/** What the release workflow pushes and signs, in a registry of this machine; and the lines of docs/release.md that verify it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layerOf } from '../../../packaging/image/layer.ts';
import { writeLayout, type Digests } from '../../../packaging/image/layout.ts';
import { startLocalRegistry, type LocalRegistry } from '../../../packaging/publish/local-registry.ts';
import { publish, type Publication, type Pushed } from '../../../packaging/publish/publish.ts';
import { chartArchive } from '../../../packaging/release/chart.ts';
import { ensureBinaries } from '../../control-plane/binaries.ts';
import { programOnPath } from '../../control-plane/cache-folder.ts';
import { HELM } from '../../control-plane/versions.ts';
import { listAt, textAt } from '../../../shared/index.ts';
import { documentedCommands } from '../../support/documented.ts';
import { runProgram, type Ran } from '../../support/plugin-run.ts';

const missing = ['docker-registry', 'skopeo'].filter((name) => programOnPath(name, process.env) === undefined);
const unsigned = programOnPath('cosign', process.env) === undefined;
const VERSION = '1.2.3';

describe.skipIf(missing.length > 0)(`pushed to a registry (Debian: docker-registry, skopeo)`, () => {
  let folder: string;
  let registry: LocalRegistry;
  let digests: Digests;
  let pushed: Pushed;
  let place: string;
  const told: string[] = [];

  /** Runs in the folder, with helm and the key's password. */
  const run = (program: string, ...args: readonly string[]): Promise<Ran> =>
    runProgram('sh', ['-c', 'cd "$0" && exec "$@"', folder, program, ...args], process.env);

  beforeAll(async () => {
    const { path } = await ensureBinaries({ env: process.env, log: () => undefined, also: [HELM] });
    process.env['PATH'] = `${dirname(path('helm'))}${delimiter}${process.env['PATH'] ?? ''}`;
    process.env['COSIGN_PASSWORD'] = '';
    folder = await mkdtemp(join(tmpdir(), 'maint-publish-test-'));
    registry = await startLocalRegistry();
    place = `${registry.host}/ours`;
    const layers = [await layerOf([{ kind: 'file', path: 'hello', mode: 0o644, bytes: Buffer.from('hello') }])];
    const images = (['amd64', 'arm64'] as const).map((architecture) => ({ architecture, layers, config: {} }));
    digests = await writeLayout(join(folder, 'layout'), `${place}/maint-webhook:${VERSION}`, images);
    await writeFile(join(folder, 'chart.tgz'), await chartArchive('charts/kubectl-maint'));
    await writeFile(join(folder, 'parts.cdx.json'), JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6' }));
    await writeFile(join(folder, 'kubectl-maint_linux_amd64.tar.gz'), 'an archive');
    const sums = await run('sha256sum', 'kubectl-maint_linux_amd64.tar.gz');
    await writeFile(join(folder, 'checksums.txt'), sums.stdout);
    if (!unsigned) expect(await run('cosign', 'generate-key-pair')).toMatchObject({ code: 0 });
    const sbom = join(folder, 'parts.cdx.json');
    const publication: Publication = {
      version: VERSION,
      registry: { place, isLocal: true },
      signer: unsigned ? undefined : { key: join(folder, 'cosign.key') },
      image: { layout: join(folder, 'layout'), digests, sboms: { amd64: sbom, arm64: sbom } },
      chart: join(folder, 'chart.tgz'),
      folder,
      tell: (line) => told.push(line),
    };
    pushed = await publish(publication);
  });
  afterAll(async () => {
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('the image has every architecture there, and the digest that the build told', async () => {
    const image = `docker://${place}/maint-webhook:${VERSION}`;
    const raw = await run('skopeo', 'inspect', '--raw', '--tls-verify=false', image);
    expect(raw).toMatchObject({ code: 0 });
    const manifests = listAt(JSON.parse(raw.stdout), 'manifests');
    expect(manifests.map((one) => textAt(one, 'digest'))).toEqual([digests.images.amd64, digests.images.arm64]);
    const { stdout } = await run('skopeo', 'inspect', '--format={{.Digest}}', '--tls-verify=false', image);
    expect(stdout.trim()).toBe(pushed['maint-webhook']);
  });

  test('the chart is what Helm installs from there', async () => {
    const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
    const chart = `oci://${place}/charts/kubectl-maint`;
    const shown = await run('helm', 'show', 'chart', chart, '--version', version, '--plain-http');
    expect(shown.stdout).toContain('name: kubectl-maint\n');
    expect(shown.stderr).toContain(pushed['charts/kubectl-maint']);
    const made = await run('helm', 'template', 'guard', chart, '-n', 'maint', '--version', version, '--plain-http');
    expect(made).toMatchObject({ code: 0 });
  });

  test('the digests are written down', async () => {
    expect(await readFile(join(folder, 'digests.txt'), 'utf8')).toBe(
      `maint-webhook ${digests.index}\ncharts/kubectl-maint ${pushed['charts/kubectl-maint']}\n`,
    );
  });

  /** Runs those blocks that verify, as they stand in docs/release.md, but for whose signature is asked for. */
  async function verify(which: (block: string) => boolean): Promise<number> {
    const [, ...blocks] = await documentedCommands('release.md', 'How it is verified');
    const by = '--key=cosign.pub --insecure-ignore-tlog=true';
    const values = [
      `VERSION=${VERSION}`,
      `PLACE=${place}`,
      `BLOB_BY='${by}'`,
      `SIGNED_BY='${by} --allow-http-registry'`,
    ];
    const chosen = blocks.filter(which);
    for (const block of chosen) {
      const ran = await run('bash', '-euo', 'pipefail', '-c', [...values, block].join('\n'));
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
    }
    return chosen.length;
  }

  test('the checksums hold, as docs/release.md has it', async () => {
    expect(await verify((block) => block.includes('sha256sum'))).toBe(1);
  });

  test.skipIf(unsigned)('and so do the signatures (needs cosign)', async () => {
    expect(await verify((block) => block.includes('cosign '))).toBe(2);
  });

  test.skipIf(unsigned)('what was changed afterwards is not verified', async () => {
    await writeFile(join(folder, 'checksums.txt'), 'something else\n');
    const ran = await run(
      'cosign',
      'verify-blob',
      '--key=cosign.pub',
      '--bundle=checksums.txt.sigstore.json',
      'checksums.txt',
    );
    expect(ran.code).not.toBe(0);
  });
});
