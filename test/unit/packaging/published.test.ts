/** Under which names a release is published stands in package.json alone; what else names them is made from it. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chartText, publishedText, withImage } from '../../../.ci/chart-published.ts';
import { chartAddress, imageName, publishedBy, type Published } from '../../../packaging/published.ts';

const OURS: Published = {
  ...(await publishedBy('.')),
  homepage: 'https://maint.dev',
  repository: 'https://github.com/ours/maint',
  registry: 'ghcr.io',
  owner: 'ours',
  isPlaceholder: false,
};

/** Made from package.json as a whole, or at the places that are marked. */
const MADE = [
  '.krew.yaml',
  'README.md',
  'charts/kubectl-maint/Chart.yaml',
  'charts/kubectl-maint/README.md',
  'charts/kubectl-maint/values.yaml',
];

test('no other file names who publishes, or where', async () => {
  const { homepage, repository, registry, owner } = await publishedBy('.');
  const names = [homepage, repository, `${registry}/${owner}`];
  const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n');
  const naming: string[] = [];
  for (const file of files.filter(
    (name) => !name.startsWith('test/') && /\.(?:md|ts|ya?ml|json|txt|tpl|rb)$/.test(name),
  )) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (names.some((name) => text.includes(name))) naming.push(file);
  }
  expect(naming).toContain('package.json');
  expect(naming.filter((file) => ![...MADE, 'package.json'].includes(file))).toEqual([]);
});

test('with other names nothing of the placeholder is left', async () => {
  const values = withImage(await readFile('charts/kubectl-maint/values.yaml', 'utf8'), OURS);
  expect(values).toContain('  registry: ghcr.io\n');
  expect(values).toContain('  repository: ours/maint-webhook\n');
  for (const text of [chartText(OURS), publishedText(OURS)]) expect(text).not.toContain('example');
  expect(chartText(OURS)).toContain(`image: ghcr.io/ours/maint-webhook:${OURS.version}`);
  expect(publishedText(OURS)).toContain(
    [
      `    helm install kubectl-maint oci://ghcr.io/ours/charts/kubectl-maint --version ${OURS.version} \\`,
      // The chart refuses the namespace default.
      '      --namespace kubectl-maint --create-namespace --wait',
    ].join('\n'),
  );
  expect([imageName(OURS), chartAddress(OURS)]).toEqual([
    `ghcr.io/ours/maint-webhook:${OURS.version}`,
    'oci://ghcr.io/ours/charts/kubectl-maint',
  ]);
});

test('what the chart leads to is there', async () => {
  const addresses = [...chartText(OURS).matchAll(/https:\/\/github\.com\/ours\/maint\/(?:blob|raw)\/v[\d.]+\/(\S+)/g)];
  const files = addresses.map(([, file = '']) => file);
  expect(files).toHaveLength(5);
  for (const file of files) await expect(readFile(file), file).resolves.toBeTruthy();
});

describe("names that can never be anybody's are known as such", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maint-published-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    ['all are real', {}, false],
    ['the registry', { config: { oci: 'registry.example.com/ours' } }, true],
    ['the page', { homepage: 'https://example.com/ours' }, true],
    ['the repository', { repository: { url: 'git+https://example.com/ours.git' } }, true],
  ])('%s', async (_what, over, isPlaceholder) => {
    const manifest = {
      version: '1.2.3',
      license: 'Apache-2.0',
      keywords: [],
      homepage: 'https://maint.dev',
      repository: { url: 'git+https://github.com/ours/maint.git' },
      config: { oci: 'ghcr.io/ours' },
    };
    await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, ...over }));
    expect(await publishedBy(folder)).toMatchObject({ isPlaceholder });
  });
});
