/** Under which names a release is published stands in package.json alone; what else names them is made from it. */
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { chartText, publishedText, withImage } from '../../../.ci/chart-published.ts';
import { chartAddress, imageName, publishedBy, type Published } from '../../../packaging/published.ts';

const OURS: Published = {
  ...(await publishedBy('.')),
  homepage: 'https://github.com/ours/maint',
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
  const { homepage, registry, owner } = await publishedBy('.');
  const names = [homepage, `${registry}/${owner}`, `registry: ${registry}`, `\`${registry}\``];
  const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n');
  const naming: string[] = [];
  for (const file of files.filter((name) => /\.(?:md|ts|ya?ml|json|txt|tpl|rb)$/.test(name))) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (names.some((name) => text.includes(name))) naming.push(file);
  }
  expect(naming).toEqual([...MADE, 'package.json'].sort());
});

test('with other names nothing of the placeholder is left', async () => {
  const values = withImage(await readFile('charts/kubectl-maint/values.yaml', 'utf8'), OURS);
  expect(values).toContain('  registry: ghcr.io\n');
  expect(values).toContain('  repository: ours/maint-webhook\n');
  for (const text of [chartText(OURS), publishedText(OURS)]) expect(text).not.toContain('example');
  expect(chartText(OURS)).toContain(`image: ghcr.io/ours/maint-webhook:${OURS.version}`);
  expect(publishedText(OURS)).toContain('oci://ghcr.io/ours/charts/kubectl-maint');
  expect([imageName(OURS), chartAddress(OURS)]).toEqual([
    `ghcr.io/ours/maint-webhook:${OURS.version}`,
    'oci://ghcr.io/ours/charts/kubectl-maint',
  ]);
});

test("names that can never be anybody's are known as such", async () => {
  expect((await publishedBy('.')).isPlaceholder).toBe(true);
});
