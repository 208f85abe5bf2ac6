import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { publishedBy, type Published } from '../../../../packaging/published.ts';
import { chartArchive } from '../../../../packaging/release/chart.ts';
import { homebrewFormula } from '../../../../packaging/release/homebrew.ts';
import { releaseNotes } from '../../../../packaging/release/notes.ts';
import { archiveName, PLATFORMS } from '../../../../packaging/release/platforms.ts';
import { whyNotReady, type Readiness } from '../../../../packaging/release/readiness.ts';
import { listAt, textAt } from '../../../../shared/index.ts';
import { COSIGN } from '../../../release/tools.ts';

const OURS: Published = {
  ...(await publishedBy('.')),
  version: '1.2.3',
  registry: 'ghcr.io',
  owner: 'ours',
  repository: 'https://github.com/ours/maint',
  isPlaceholder: false,
};
const CHANGELOG = '# Changes\n\n## 1.2.3 (2026-12-01)\n\n- one\n- two\n\n## 1.2.2 (2026-11-01)\n\n- none\n';

test('notes are what the changes say of a version', () => {
  expect(releaseNotes(CHANGELOG, '1.2.3')).toBe('- one\n- two\n');
  expect(() => releaseNotes(CHANGELOG, '1.2')).toThrow('CHANGELOG.md has no section "## 1.2"');
  expect(() => releaseNotes('## 1.2.3 (unreleased)\n', '1.2.3')).toThrow('is to have its date');
});

test.each<[what: string, differently: Partial<Readiness>, problems: readonly string[]]>([
  ['all agree', {}, []],
  ['another tag', { tag: 'v1.2.4' }, ['the tag is v1.2.4, and package.json has version 1.2.3']],
  ["a name that is nobody's", { published: { ...OURS, isPlaceholder: true } }, ["of which one is nobody's"]],
  ['a registry without an account', { published: { ...OURS, registry: 'quay.io' } }, ['an account for ghcr.io alone']],
  [
    'a pre-release',
    { tag: 'v1.2.3-rc.1', published: { ...OURS, version: '1.2.3-rc.1' } },
    ['is a pre-release', 'no section'],
  ],
  ['its own repository', { runsIn: 'https://github.com/ours/maint' }, []],
  ['another repository', { runsIn: 'https://github.com/fork/maint' }, ['and this is https://github.com/fork/maint']],
  ['no changes', { changelog: '' }, ['CHANGELOG.md has no section']],
])('whether it can be released: %s', (_what, differently, problems) => {
  const found = whyNotReady({
    tag: 'v1.2.3',
    published: OURS,
    changelog: CHANGELOG,
    runsIn: undefined,
    ...differently,
  });
  expect(found).toEqual(problems.map((text) => expect.stringContaining(text) as string));
});

test('what is published today is not ready, and says why', async () => {
  const published = await publishedBy('.');
  const changelog = await readFile('CHANGELOG.md', 'utf8');
  const found = whyNotReady({ tag: `v${published.version}`, published, changelog, runsIn: undefined });
  expect(found.some((line) => line.includes('registry.example.com')) || !published.isPlaceholder).toBe(true);
});

test('the formula names an archive for each system of Homebrew', () => {
  const downloads = PLATFORMS.map((platform) => ({ platform, name: archiveName(platform), sha256: 'a'.repeat(64) }));
  const formula = homebrewFormula(OURS, downloads, new URL('https://h.example/v1/'));
  expect(formula.match(/url "[^"]+"/g)).toEqual(
    ['darwin_amd64', 'darwin_arm64', 'linux_amd64', 'linux_arm64'].map(
      (name) => `url "https://h.example/v1/kubectl-maint_${name}.tar.gz"`,
    ),
  );
  expect(formula).not.toContain('windows');
  expect(formula.match(/\bdo\b/g)?.length).toBe(7);
  expect(formula.match(/^ *end$/gm)?.length).toBe(9);
});

test('the chart is the same each time, without what is for its tests', async () => {
  const published = { ...(await publishedBy('.')), repository: 'https://h.example/ours', version: '1.2.3' };
  const [one, other] = await Promise.all([1, 2].map(() => chartArchive('charts/kubectl-maint', published)));
  expect(other).toEqual(one);
  const tar = gunzipSync(one ?? Buffer.alloc(0)).toString('latin1');
  for (const path of ['Chart.yaml', 'values.yaml', 'templates/_pod.tpl', 'files/grants.yaml'])
    expect(tar).toContain(`kubectl-maint/${path}\0`);
  expect(tar).not.toContain('kubectl-maint/ci/');
  // Nothing above it comes with it.
  expect(tar).toContain('](https://h.example/ours/blob/v1.2.3/docs/upgrade.md)');
  expect(tar).not.toContain('](../');
});

const workflow: unknown = parse(await readFile('.github/workflows/release.yml', 'utf8'));

test('the workflow pins what it uses, and gives each job the least', async () => {
  const text = await readFile('.github/workflows/release.yml', 'utf8');
  const uses = [...text.matchAll(/uses: (\S+)(.*)$/gm)];
  expect(uses.length).toBeGreaterThan(8);
  for (const [, action = '', comment = ''] of uses) {
    expect(action).toMatch(/@[0-9a-f]{40}$/);
    expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
  }
  expect(workflow).toMatchObject({
    permissions: {},
    jobs: {
      build: { permissions: { contents: 'read' } },
      npm: { permissions: { contents: 'read', 'id-token': 'write' } },
    },
  });
  // What an expression puts into a script is code there: scripts read the environment instead.
  for (const [, script = ''] of text.matchAll(/run: (\|\n(?: {10}.*\n)+|.*)/g)) expect(script).not.toContain('${{');
});

test('the workflow signs with the cosign that the tests verify with', () => {
  const steps = listAt(workflow, 'jobs', 'publish', 'steps');
  const releases = steps.flatMap((step) => textAt(step, 'with', 'cosign-release') ?? []);
  expect(releases).toEqual([`v${COSIGN.version}`]);
});

test('the scripts that the workflow calls exist', async () => {
  const text = await readFile('.github/workflows/release.yml', 'utf8');
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
  for (const [, name = ''] of text.matchAll(/npm run ([\w:]+)/g))
    if (name !== 'rehearse') expect(scripts).toHaveProperty([name]);
  for (const [, path = ''] of text.matchAll(/node (packaging\/\S+\.ts)/g))
    expect(await readFile(path, 'utf8')).not.toBe('');
});
