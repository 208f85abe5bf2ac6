/** `npm run release [-- --base-url URL]`: all that a release publishes but the image, in dist/release; the chart in dist/chart. */
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { publishedBy } from '../published.ts';
import { chartArchive } from './chart.ts';
import { releaseNotes } from './notes.ts';
import { PLATFORMS } from './platforms.ts';
import { buildRelease } from './release.ts';

const FOLDER = 'dist/release';

try {
  await main();
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'base-url': { type: 'string' } } });
  const baseUrl = values['base-url'] === undefined ? undefined : webAddress(values['base-url']);
  await buildRelease({ platforms: PLATFORMS, folder: FOLDER, baseUrl });
  for (const name of await readdir(FOLDER)) {
    const { size } = await stat(join(FOLDER, name));
    process.stdout.write(`${join(FOLDER, name)} (${(size / 1e6).toFixed(1)} MB)\n`);
  }
  const published = await publishedBy('.');
  const { version } = published;
  await rm('dist/chart', { recursive: true, force: true });
  await mkdir('dist/chart', { recursive: true });
  await writeFile(`dist/chart/kubectl-maint-${version}.tgz`, await chartArchive('charts/kubectl-maint', published));
  const changelog = await readFile('CHANGELOG.md', 'utf8');
  if (!changelog.includes(`## ${version} (unreleased)`))
    await writeFile('dist/NOTES.md', releaseNotes(changelog, version));
  if (baseUrl !== undefined) return;
  process.stderr.write('no manifests for krew and Homebrew: say where the archives will be, with --base-url URL\n');
}

function webAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:') return url;
  throw new Error(`--base-url ${text}: it has to begin with https://, and name the folder of the archives`);
}
