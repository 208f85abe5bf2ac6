/** The image: what is in it, that it is the same twice, that it runs, and that its lists of parts are complete. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledPackages } from '../../packaging/bundle/bundled-packages.ts';
import { DEBIAN_PACKAGES } from '../../packaging/image/debian.ts';
import { ARCHITECTURES, buildWebhookImage, thisArchitecture, type BuiltImage } from '../../packaging/image/image.ts';
import { at, listAt, textAt, textsAt } from '../../shared/index.ts';
import { isLeftOut } from '../support/left-out.ts';
import { runProgram } from '../support/plugin-run.ts';
import { packagesIn } from './scanned.ts';
import { hasTool, SYFT } from './tools.ts';

/** What we promise for both architectures together: less than Node.js's own smallest image of one. */
const MOST_BYTES = 150e6;
const NAME = 'localhost/maint-webhook:test';

/** Unpacking as root, and a folder as the root of a process. */
const isAble = process.platform === 'linux' && process.getuid?.() === 0;

describe.skipIf(isLeftOut('Linux and root', !isAble))('the image', () => {
  let folder: string;
  let built: BuiltImage;
  let root: string;
  let image: unknown;
  let version: string;

  const plan = (name: string) => ({ name: NAME, folder: join(folder, name), architectures: ARCHITECTURES });
  const blob = async (digest: string | undefined): Promise<unknown> => {
    return JSON.parse(await readFile(join(built.layout, 'blobs', digest?.replace(':', '/') ?? ''), 'utf8'));
  };
  const inside = (...args: readonly string[]) =>
    runProgram('chroot', ['--userspec=65532:65532', root, '/usr/bin/node', ...args], {});

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maint-image-test-'));
    version = textAt(JSON.parse(await readFile('package.json', 'utf8')), 'version') ?? '';
    built = await buildWebhookImage(plan('one'));
    root = join(folder, 'root');
    await mkdir(root);
    image = await blob(built.digests.images[thisArchitecture()]);
    for (const layer of listAt(image, 'layers')) {
      const file = join(built.layout, 'blobs', textAt(layer, 'digest')?.replace(':', '/') ?? '');
      const { code, stderr } = await runProgram('tar', ['-xzf', file, '-C', root], process.env);
      expect(code, stderr).toBe(0);
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is one index of all architectures, and small', async () => {
    const index = await blob(built.digests.index);
    const platforms = listAt(index, 'manifests').map((one) => textAt(one, 'platform', 'architecture'));
    expect(platforms).toEqual(['amd64', 'arm64']);
    expect((await stat(built.archive)).size).toBeLessThan(MOST_BYTES);
  });

  test('is the same when it is built again, elsewhere', async () => {
    const again = await buildWebhookImage(plan('two'));
    expect(built.digests.index).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(again.digests).toEqual(built.digests);
    for (const architecture of ARCHITECTURES) {
      const [one, two] = [built, again].map(({ sboms }) => readFile(sboms[architecture] ?? '', 'utf8'));
      expect(await two).toBe(await one);
    }
  });

  test('holds Node.js and no other program: Debian packages that scanners know by their database, and ours', async () => {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(root, join(parentPath, name)));
    expect(files.filter((name) => /^usr\/s?bin\//.test(name))).toEqual(['usr/bin/node']);
    expect(files.filter((name) => !/^(?:etc|usr|var)\//.test(name)).sort()).toEqual(
      ['maint-webhook.cjs', 'kubectl-maint.cjs']
        .concat((await readdir('dist/kubectl-maint')).map((name) => `kubectl-maint/${name}`))
        .sort(),
    );
    const known = await readdir(join(root, 'var/lib/dpkg/status.d'));
    expect(known.sort()).toEqual(DEBIAN_PACKAGES.map(({ name }) => name).sort());
    for (const { name, version: packaged } of DEBIAN_PACKAGES) {
      const paragraph = await readFile(join(root, 'var/lib/dpkg/status.d', name), 'utf8');
      expect(paragraph).toContain(`Package: ${name}\n`);
      expect(paragraph).toContain(`Version: ${packaged}\n`);
    }
    expect(await readFile(join(root, 'usr/lib/os-release'), 'utf8')).toContain('VERSION_ID="13"\n');
  });

  test('runs with its own libraries alone, as a user without a name', async () => {
    const config = at(await blob(textAt(image, 'config', 'digest')), 'config');
    expect(textAt(config, 'User')).toBe('65532:65532');
    expect(textsAt(config, 'Entrypoint').at(-1)).toBe('/maint-webhook.cjs');
    const ran = { code: 0, stderr: '' };
    expect(await inside('/maint-webhook.cjs', '--version')).toMatchObject({ ...ran, stdout: `${version}\n` });
    const plugin = await inside('/kubectl-maint.cjs', 'version', '--client');
    expect(plugin).toMatchObject({ ...ran, stdout: `Client Version: ${version}\n` });
  });

  test.each(ARCHITECTURES)(
    'comes with a list of its parts for %s: npm, Node.js and its own, Debian',
    async (architecture) => {
      const sbom: unknown = JSON.parse(await readFile(built.sboms[architecture] ?? '', 'utf8'));
      const components = listAt(sbom, 'components');
      const purls = components.map((component) => textAt(component, 'purl'));
      const lists = ['maint-webhook', 'kubectl-maint'].map((name) => readFile(`dist/${name}.parts.json`, 'utf8'));
      const folders = (await Promise.all(lists)).flatMap((text) => bundledPackages(JSON.parse(text)));
      for (const path of folders) {
        const manifest: unknown = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
        const [name, of] = [textAt(manifest, 'name'), textAt(manifest, 'version')];
        expect(purls).toContain(`pkg:npm/${name?.replace('@', '%40') ?? ''}@${of ?? ''}`);
      }
      const known = components.filter((component) => /^pkg:(?:npm|deb)\//.test(textAt(component, 'purl') ?? ''));
      expect(new Set(purls).size).toBe(purls.length);
      expect(known.filter((component) => listAt(component, 'licenses').length === 0)).toEqual([]);
      const node = await inside('-p', 'JSON.stringify(process.versions)');
      expect(purls).toContain(`pkg:generic/nodejs@${textAt(JSON.parse(node.stdout), 'node') ?? ''}`);
      expect(purls).toContain(`pkg:generic/openssl@${textAt(JSON.parse(node.stdout), 'openssl') ?? ''}`);
      expect(purls).toContainEqual(
        expect.stringMatching(new RegExp(`^pkg:deb/debian/libc6@.*arch=${architecture}&distro=debian-13$`)),
      );
    },
  );

  test('holds the list of what Node.js is made of, which no package manager knows', async () => {
    const sbom: unknown = JSON.parse(await readFile(join(root, 'usr/share/sbom/nodejs.cdx.json'), 'utf8'));
    const names = listAt(sbom, 'components').map((component) => textAt(component, 'name'));
    expect(names).toEqual(expect.arrayContaining(['node', 'v8', 'openssl', 'undici']));
  });

  test.skipIf(isLeftOut('Syft', !hasTool(SYFT))).each(ARCHITECTURES)(
    'a scanner finds in that for %s all that its list has of Debian and npm, us, and Node.js (npm run release-tools)',
    async (architecture) => {
      const found = await packagesIn([
        'scan',
        '-o',
        'json',
        '--platform',
        `linux/${architecture}`,
        `oci-dir:${built.layout}`,
      ]);
      const list: unknown = JSON.parse(await readFile(built.sboms[architecture] ?? '', 'utf8'));
      const listed = listAt(list, 'components').flatMap((component) => textAt(component, 'purl') ?? []);
      const known = listed.filter((purl) => /^pkg:(?:deb|npm)\//.test(purl)).map(withoutQualifiers);
      const node = listed.find((purl) => purl.startsWith('pkg:generic/nodejs@'))?.replace('nodejs', 'node');
      // What a library of Debian says of itself beside the database: the source package that it was built from.
      const ofLibraries = /^pkg:deb\/debian\/gcc-14@/;
      expect(found.map(withoutQualifiers).filter((purl) => !ofLibraries.test(purl))).toEqual(
        [...known, node, `pkg:npm/kubectl-maint@${version}`].sort(),
      );
    },
  );
});

/** A package without its architecture, distribution and source package. */
function withoutQualifiers(purl: string): string {
  return purl.replace(/\?.*/, '');
}
