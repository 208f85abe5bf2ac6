/** The image: what is in it, that it is the same twice, and that its list of parts is complete. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledPackages } from '../../packaging/bundle/bundled-packages.ts';
import { buildWebhookImage, type BuiltImage } from '../../packaging/image/image.ts';
import { listAt, textAt } from '../../shared/index.ts';
import { whyNoRealNodes } from '../real-nodes/able.ts';
import { runProgram } from '../support/plugin-run.ts';

/** What we promise: less than Node.js's own smallest image. */
const MOST_BYTES = 150e6;
const NAME = 'localhost/maint-webhook:test';

describe.skipIf(whyNoRealNodes() !== undefined)('the image', () => {
  let folder: string;
  let built: BuiltImage;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maint-image-test-'));
    built = await buildWebhookImage(NAME, join(folder, 'one'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('is the same when it is built again, elsewhere', async () => {
    const again = await buildWebhookImage(NAME, join(folder, 'two'));
    expect(built.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(again.digest).toBe(built.digest);
  });

  test('holds Node.js, the libraries that it is linked with, webhook and plugin, and nothing else', async () => {
    const entries = await readdir(built.root, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => relative(built.root, join(parentPath, name)));
    const libraries = files.filter((name) => /\/(?:lib|ld-linux)[\w+-]*\.so\.\d+$/.test(name));
    const parts = (await readdir('dist/kubectl-maint')).map((name) => `kubectl-maint/${name}`);
    expect(files.filter((name) => !libraries.includes(name)).sort()).toEqual(
      ['maint-webhook.cjs', 'bin/node', 'kubectl-maint.cjs', ...parts].sort(),
    );
    expect((await stat(built.archive)).size).toBeLessThan(MOST_BYTES);
  });

  test('runs with its own libraries alone, as a user without a name', async () => {
    const inside = (...args: readonly string[]) =>
      runProgram('chroot', ['--userspec=65532:65532', built.root, '/bin/node', ...args], {});
    const version = textAt(JSON.parse(await readFile('package.json', 'utf8')), 'version') ?? '';
    const ran = { code: 0, stderr: '' };
    expect(await inside('/maint-webhook.cjs', '--version')).toMatchObject({ ...ran, stdout: `${version}\n` });
    const plugin = await inside('/kubectl-maint.cjs', 'version', '--client');
    expect(plugin).toMatchObject(ran);
    expect(plugin.stdout).toContain(version);
  });

  test('comes with a list of its parts that has every package of the bundles, with version and licence', async () => {
    const sbom: unknown = JSON.parse(await readFile(built.sbom, 'utf8'));
    const components = listAt(sbom, 'components');
    const purls = components.map((component) => textAt(component, 'purl'));
    const lists = ['maint-webhook', 'kubectl-maint'].map((name) => readFile(`dist/${name}.parts.json`, 'utf8'));
    const folders = (await Promise.all(lists)).flatMap((text) => bundledPackages(JSON.parse(text)));
    const names = components.map((component) => textAt(component, 'name'));
    expect(names).toEqual(expect.arrayContaining(['express', 'node-forge', 'yaml', 'yargs', 'zod']));
    for (const path of folders) {
      const manifest: unknown = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
      const [name, version] = [textAt(manifest, 'name'), textAt(manifest, 'version')];
      expect(purls).toContain(`pkg:npm/${name?.replace('@', '%40') ?? ''}@${version ?? ''}`);
    }
    const npm = components.filter((component) => textAt(component, 'purl')?.startsWith('pkg:npm/') === true);
    expect(new Set(purls).size).toBe(purls.length);
    expect(npm.length).toBeLessThanOrEqual(folders.length);
    expect(npm.filter((component) => listAt(component, 'licenses').length === 0)).toEqual([]);
    expect(purls).toContainEqual(expect.stringMatching(/^pkg:generic\/nodejs@24\./));
    expect(purls).toContainEqual(expect.stringMatching(/libc\.so\.6/));
  });
});
