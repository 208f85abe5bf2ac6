import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { bundledPackages } from '../bundle/bundled-packages.ts';
import { output, type Library } from './root.ts';

const Manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });
type Manifest = z.infer<typeof Manifest>;

/** A component of CycloneDX 1.6. */
export interface Component {
  readonly type: 'application' | 'library';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly { readonly expression: string }[];
  readonly hashes?: readonly { readonly alg: 'SHA-256'; readonly content: string }[];
}

/** What the list of parts is made from. */
export interface SbomSources {
  /** The folder that the paths of the parts begin at. */
  readonly repository: string;
  /** A file for each bundle, with the bytes by what they are made of. */
  readonly parts: readonly string[];
  readonly libraries: readonly Library[];
}

/** The image's list of parts, as CycloneDX 1.6 (JSON): our package, Node.js, npm packages of the bundles, libraries. */
export async function sbomFor({ repository, parts: files, libraries }: SbomSources): Promise<object> {
  const manifest = (folder: string) => manifestIn(join(repository, folder));
  const own = await manifest('.');
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const packages = await Promise.all(texts.flatMap((text) => bundledPackages(JSON.parse(text))).map(manifest));
  const node = await manifest('node_modules/node');
  const parts = [
    nodeComponent(node),
    ...packages.map(npmComponent),
    ...(await Promise.all(libraries.map(libraryComponent))),
  ];
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    // No time and no serial number: the same image has the same list.
    metadata: { component: { ...npmComponent(own), type: 'application' } },
    components: unique(parts).toSorted((a, b) => (a.purl < b.purl ? -1 : 1)),
  };
}

/** One version of a package may be installed at several places. */
function unique(parts: readonly Component[]): readonly Component[] {
  return [...new Map(parts.map((part) => [part.purl, part])).values()];
}

async function manifestIn(folder: string): Promise<Manifest> {
  return Manifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
}

function npmComponent({ name, version, license }: Manifest): Component {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return { type: 'library', name, version, purl, ...(license === undefined ? {} : licensed(license)) };
}

/** The npm package `node` carries the version of the program that it brings. */
function nodeComponent({ version }: Manifest): Component {
  return { type: 'application', name: 'node', version, purl: `pkg:generic/nodejs@${version}`, ...licensed('MIT') };
}

/** The Debian package of a library where dpkg knows one; else the file alone, by its hash. */
async function libraryComponent({ path, file }: Library): Promise<Component> {
  const hashes = [
    {
      alg: 'SHA-256',
      content: createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    },
  ] as const;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const debian = debianPackage(file);
  if (debian === undefined) return { type: 'library', name, version: '', purl: `pkg:generic/${name}`, hashes };
  const purl = `pkg:deb/debian/${debian.name}@${debian.version}?file_name=${name}`;
  return { type: 'library', name, version: debian.version, purl, ...licensed(debian.license), hashes };
}

/** dpkg names a file as the package does, which on a merged /usr may be with or without it. */
function debianPackage(file: string): { name: string; version: string; license: string } | undefined {
  const asked = spawnSync('dpkg-query', ['--search', file, file.replace(/^\/usr\//, '/')], { encoding: 'utf8' });
  const name = /^([^:,\s]+)/.exec(asked.stdout)?.[1];
  if (asked.error !== undefined || name === undefined) return undefined;
  const version = output('dpkg-query', ['--show', '--showformat=${Version}', name]);
  return { name, version, license: LIBRARY_LICENSES.get(name) ?? 'NOASSERTION' };
}

/** Debian says licences in prose; these are the packages that Node.js is linked with. */
const LIBRARY_LICENSES: ReadonlyMap<string, string> = new Map([
  ['libc6', 'LGPL-2.1-or-later'],
  ['libstdc++6', 'GPL-3.0-or-later WITH GCC-exception-3.1'],
  ['libgcc-s1', 'GPL-3.0-or-later WITH GCC-exception-3.1'],
]);

/** SPDX's expression, in the form that CycloneDX wants it. */
function licensed(expression: string): Pick<Component, 'licenses'> {
  return { licenses: [{ expression }] };
}
