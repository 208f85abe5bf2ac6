import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifestIn, nodeComponent, packagePart, programParts, registryPart, sbomText } from '../image/sbom.ts';
import { chartAddress, imageName, publishedBy } from '../published.ts';
import { checksumLine, sha256 } from './checksums.ts';
import { archive } from './archive.ts';
import { completionProgram } from './completion.ts';
import { buildExecutable } from './executable.ts';
import { homebrewFormula } from './homebrew.ts';
import { krewManifest, type Download } from './krew.ts';
import { run } from './node-package.ts';
import { archiveName, NODE_VERSION, programName, type Platform } from './platforms.ts';

/** What to build, and where to. */
export interface ReleasePlan {
  readonly platforms: readonly Platform[];
  readonly folder: string;
  /** Where the archives will be, beside each other; without it there are no manifests for krew and Homebrew. */
  readonly baseUrl?: URL | undefined;
}

/**
 * Builds a release: an archive per platform, the npm package, lists of parts, `checksums.txt`, and manifests for krew and Homebrew. The same commit makes the same
 * bytes. Needs the built bundles; run it in the repository.
 */
export async function buildRelease({ platforms, folder, baseUrl }: ReleasePlan): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const downloads: Download[] = [];
  // One after the other: each holds a program of 150 MB in memory.
  for (const platform of platforms) downloads.push(await buildArchive(platform, folder));
  run('npm', ['pack', '--silent', '--pack-destination', folder]);
  await writeSboms(folder);
  await writeFile(join(folder, 'checksums.txt'), await checksumsOf(folder));
  if (baseUrl === undefined) return;
  const published = await publishedBy('.');
  await writeFile(join(folder, 'maint.yaml'), krewManifest(published, downloads, baseUrl));
  await writeFile(join(folder, 'kubectl-maint.rb'), homebrewFormula(published, downloads, baseUrl));
}

/** What the npm package is made of, and the executables with their Node.js, and what the chart runs. */
async function writeSboms(folder: string): Promise<void> {
  const own = await manifestIn('.');
  const plugin = await programParts('.', ['dist/kubectl-maint.parts.json']);
  const both = await programParts('.', ['dist/kubectl-maint.parts.json', 'dist/maint-webhook.parts.json']);
  const about = packagePart(own);
  await writeFile(join(folder, 'npm-package.cdx.json'), sbomText(about, both));
  await writeFile(join(folder, 'executables.cdx.json'), sbomText(about, [...plugin, nodeComponent(NODE_VERSION)]));
  const published = await publishedBy('.');
  const chart = `${chartAddress(published).replace('oci://', '')}:${published.version}`;
  const runs = [registryPart('container', imageName(published))];
  await writeFile(join(folder, 'chart.cdx.json'), sbomText(registryPart('application', chart), runs));
}

async function buildArchive(platform: Platform, folder: string): Promise<Download> {
  const workshop = await mkdtemp(join(tmpdir(), 'maint-release-'));
  try {
    const name = archiveName(platform);
    process.stderr.write(`building ${name} ...\n`);
    const { program, nodeLicense } = await buildExecutable(platform, workshop);
    const bytes = await archive(name, [
      { name: programName(platform), mode: 0o755, bytes: await readFile(program) },
      completionProgram(platform),
      { name: 'LICENSE', mode: 0o644, bytes: await readFile('LICENSE') },
      { name: 'LICENSES.txt', mode: 0o644, bytes: await licensesWithin(nodeLicense) },
    ]);
    await writeFile(join(folder, name), bytes);
    return { platform, name, sha256: sha256(bytes) };
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** The licences of the bundle's packages, and those of Node.js. */
async function licensesWithin(nodeLicense: string): Promise<Buffer> {
  const files = ['dist/kubectl-maint.LICENSES.txt', nodeLicense];
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
}

async function checksumsOf(folder: string): Promise<string> {
  const names = (await readdir(folder)).sort();
  const lines = names.map(async (name) => checksumLine(name, await readFile(join(folder, name))));
  return (await Promise.all(lines)).join('');
}
