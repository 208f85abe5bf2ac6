/** What the release workflow pushes and signs, in a registry of this machine; and the lines of docs/release.md that verify it. */
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layerOf } from '../../../packaging/image/layer.ts';
import { writeLayout, type Digests } from '../../../packaging/image/layout.ts';
import { startLocalRegistry, type LocalRegistry } from '../../../packaging/publish/local-registry.ts';
import { publish, stepOutputs, type Pushed } from '../../../packaging/publish/publish.ts';
import { throwawayKey } from '../../../packaging/publish/throwaway-key.ts';
import { chartArchive } from '../../../packaging/release/chart.ts';
import { publishedBy } from '../../../packaging/published.ts';
import { ensureBinaries } from '../../control-plane/binaries.ts';
import { programOnPath } from '../../control-plane/cache-folder.ts';
import { HELM } from '../../control-plane/versions.ts';
import { at, listAt, textAt } from '../../../shared/index.ts';
import { COSIGN, hasTool, ORAS } from '../../release/tools.ts';
import { documentedCommands } from '../../support/documented.ts';
import { isLeftOut } from '../../support/left-out.ts';
import { runProgram, type Ran } from '../../support/plugin-run.ts';

const missing = ['docker-registry', 'skopeo'].filter((name) => programOnPath(name, process.env) === undefined);
const unsigned = isLeftOut('cosign', !hasTool(COSIGN));
const CHART = 'charts/kubectl-maint';
const VERSION = '1.2.3';

/** What an image is made of, as far as anybody here wants to know. */
const parts = (name: string) => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [{ type: 'library', name }],
});

describe.skipIf(isLeftOut('docker-registry and skopeo', missing.length > 0))(
  `pushed to a registry (Debian: docker-registry, skopeo)`,
  () => {
    let folder: string;
    let registry: LocalRegistry;
    let digests: Digests;
    let pushed: readonly Pushed[];
    let place: string;
    const told: string[] = [];

    /** Runs in the folder, with helm, as whom the registry knows. */
    const run = (program: string, ...args: readonly string[]): Promise<Ran> =>
      runProgram('sh', ['-c', 'cd "$0" && exec "$@"', folder, program, ...args], process.env);

    beforeAll(async () => {
      const { path } = await ensureBinaries({ env: process.env, log: () => undefined, also: [HELM] });
      process.env['PATH'] = `${dirname(path('helm'))}${delimiter}${process.env['PATH'] ?? ''}`;
      folder = await mkdtemp(join(tmpdir(), 'maint-publish-test-'));
      registry = await startLocalRegistry();
      process.env['DOCKER_CONFIG'] = registry.account.folder;
      place = `${registry.host}/ours`;
      const layers = [await layerOf([{ kind: 'file', path: 'hello', mode: 0o644, bytes: Buffer.from('hello') }])];
      const images = (['amd64', 'arm64'] as const).map((architecture) => ({ architecture, layers, config: {} }));
      digests = await writeLayout(join(folder, 'layout'), `${place}/maint-webhook:${VERSION}`, images);
      await writeFile(join(folder, 'chart.tgz'), await chartArchive(CHART, await publishedBy('.')));
      const sboms = { amd64: join(folder, 'amd64.cdx.json'), arm64: join(folder, 'arm64.cdx.json') };
      for (const [architecture, path] of Object.entries(sboms))
        await writeFile(path, JSON.stringify(parts(architecture)));
      await writeFile(join(folder, 'kubectl-maint_linux_amd64.tar.gz'), 'an archive');
      const sums = await run('sha256sum', 'kubectl-maint_linux_amd64.tar.gz');
      await writeFile(join(folder, 'checksums.txt'), sums.stdout);
      pushed = await publish({
        version: VERSION,
        registry: { place, isLocal: true },
        account: registry.account,
        signer: throwawayKey(folder),
        image: { layout: join(folder, 'layout'), digests, sboms },
        chart: join(folder, 'chart.tgz'),
        folder,
        tell: (line) => told.push(line),
      });
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
      expect(stdout.trim()).toBe(digests.index);
    });

    test('the chart is what Helm installs from there', async () => {
      const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
      const chart = `oci://${place}/charts/kubectl-maint`;
      const shown = await run('helm', 'show', 'chart', chart, '--version', version, '--plain-http');
      expect(shown.stdout).toContain('name: kubectl-maint\n');
      expect(shown.stderr).toContain(digestOf(CHART));
      const made = await run('helm', 'template', 'guard', chart, '-n', 'maint', '--version', version, '--plain-http');
      expect(made).toMatchObject({ code: 0 });
    });

    test('the digests are written down, and told to the steps that attest them', async () => {
      expect(await readFile(join(folder, 'digests.txt'), 'utf8')).toBe(
        [
          `maint-webhook ${digests.index}`,
          `${CHART} ${digestOf(CHART)}`,
          `maint-webhook ${digests.images.amd64 ?? ''} linux/amd64`,
          `maint-webhook ${digests.images.arm64 ?? ''} linux/arm64`,
          '',
        ].join('\n'),
      );
      const outputs = stepOutputs({ place, isLocal: true }, pushed).split('\n');
      expect(outputs).toContain(`image-name=${place}/maint-webhook`);
      expect(outputs).toContain(`image-digest=${digests.index}`);
      expect(outputs).toContain(`chart-digest=${digestOf(CHART)}`);
      const workflow = await readFile('.github/workflows/release.yml', 'utf8');
      const asked = [...workflow.matchAll(/steps\.pushed\.outputs\.([\w-]+)/g)].map(([, name]) => name);
      expect([...new Set(asked)].sort()).toEqual(outputs.flatMap((line) => /^[\w-]+/.exec(line) ?? []).sort());
    });

    test.skipIf(isLeftOut('oras', !hasTool(ORAS)))(
      'the file for Artifact Hub (needs oras: npm run release-tools)',
      async () => {
        await copyFile('charts/artifacthub-repo.yml', join(folder, 'artifacthub-repo.yml'));
        const line = /`(oras push [^`]+)`/.exec(await readFile('docs/release.md', 'utf8'))?.[1] ?? '';
        const pushing = await run('bash', '-c', `${line.replace('REGISTRY/OWNER', place)} --plain-http`);
        expect(pushing, pushing.stderr).toMatchObject({ code: 0 });
        const file = `docker://${place}/${CHART}:artifacthub.io`;
        const raw = JSON.parse((await run('skopeo', 'inspect', '--raw', '--tls-verify=false', file)).stdout) as unknown;
        expect(textAt(raw, 'config', 'mediaType')).toBe('application/vnd.cncf.artifacthub.config.v1+yaml');
        expect(listAt(raw, 'layers').map((layer) => textAt(layer, 'mediaType'))).toEqual([
          'application/vnd.cncf.artifacthub.repository-metadata.layer.v1.yaml',
        ]);
      },
    );

    test('nobody pushes or pulls who is not known', async () => {
      const image = `docker://${place}/maint-webhook:${VERSION}`;
      const ran = await run('env', 'DOCKER_CONFIG=/nowhere', 'skopeo', 'inspect', '--tls-verify=false', image);
      expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('authentication required') as string });
    });

    /** Runs the block with these words as it stands in docs/release.md, but for whose signature is asked for. Gives what it says. */
    async function verify(which: string, key = 'cosign.pub'): Promise<string> {
      const [, ...blocks] = await documentedCommands('release.md', 'How it is verified');
      const by = `--key=${key} --insecure-ignore-tlog=true`;
      const values = [
        `VERSION=${VERSION}`,
        `PLACE=${place}`,
        `BLOB_BY=(${by})`,
        `SIGNED_BY=(${by} --allow-http-registry)`,
      ];
      const [block, ...more] = blocks.filter((text) => text.includes(which));
      if (block === undefined || more.length > 0) throw new Error(`docs/release.md: which block has ${which}?`);
      const ran = await run('bash', '-euo', 'pipefail', '-c', [...values, block].join('\n'));
      expect(ran, ran.stderr).toMatchObject({ code: 0 });
      return `${ran.stdout}${ran.stderr}`;
    }

    test('the checksums hold, as docs/release.md has it', async () => {
      expect(await verify('sha256sum ')).toBe('kubectl-maint_linux_amd64.tar.gz: OK\ndigests.txt: OK\n');
    });

    describe.skipIf(unsigned)('signed (needs cosign: npm run release-tools)', () => {
      test('the list of checksums', async () => {
        expect(await verify('cosign verify-blob ')).toContain('Verified OK');
      });

      test('image, its platforms, and chart', async () => {
        const said = await verify('cosign verify ');
        for (const { name, digest } of pushed) expect(said).toContain(`${place}/${name}@${digest}`);
      });

      test('what the image of each platform is made of', async () => {
        const said = await verify('cosign verify-attestation ');
        const statements = said.split('\n').flatMap((line) => textAt(parsed(line), 'payload') ?? []);
        const predicates = statements.map((text) => at(parsed(Buffer.from(text, 'base64').toString()), 'predicate'));
        expect(predicates).toEqual([parts('amd64'), parts('arm64')]);
      });

      test.each(['verify', 'verify-attestation', 'verify-blob'])(
        '%s asks for the workflow by these flags',
        async (verb) => {
          const [whose = ''] = await documentedCommands('release.md', 'How it is verified');
          const flags = whose.match(/--[\w-]+(?==)/g) ?? [];
          expect(flags.length).toBe(2);
          const { stdout } = await run('cosign', verb, '--help');
          for (const flag of flags) expect(stdout).toContain(`${flag} `);
        },
      );

      test('what was changed afterwards is not verified, nor what another key signed', async () => {
        await writeFile(join(folder, 'checksums.txt'), 'something else\n');
        await expect(verify('cosign verify-blob ')).rejects.toThrow('invalid signature');
        await mkdir(join(folder, 'another'));
        throwawayKey(join(folder, 'another'));
        for (const which of ['cosign verify ', 'cosign verify-attestation '])
          await expect(verify(which, 'another/cosign.pub')).rejects.toThrow('failed to verify signature');
      });
    });

    /** The digest that something was pushed with. */
    function digestOf(wanted: string): string {
      return pushed.find(({ name }) => name === wanted)?.digest ?? '';
    }
  },
);

/** A line of JSON; undefined for anything else. */
function parsed(line: string): unknown {
  return line.startsWith('{') ? JSON.parse(line) : undefined;
}
