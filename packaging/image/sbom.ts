import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { bundledPackages } from '../bundle/bundled-packages.ts';
import { DEBIAN_PACKAGES, DEBIAN_RELEASE, purlOf, type Architecture } from './debian.ts';
import { IMAGE_NODE_VERSION, partsOfNode } from './node.ts';

const Manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });
type Manifest = z.infer<typeof Manifest>;

/** A component of CycloneDX 1.6. */
export interface Component {
  readonly type: 'application' | 'container' | 'library' | 'operating-system';
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  /** By which vulnerabilities of what no package manager knows are looked up. */
  readonly cpe?: string;
  readonly licenses?: readonly { readonly expression: string }[];
  readonly hashes?: readonly { readonly alg: 'SHA-256'; readonly content: string }[];
}

/** The npm packages of which programs are bundled, by the folders that they are installed in. */
export async function bundledManifests(
  repository: string,
  bundles: readonly string[],
): Promise<ReadonlyMap<string, Manifest>> {
  const texts = await Promise.all(bundles.map((file) => readFile(join(repository, file), 'utf8')));
  const folders = texts.flatMap((text) => bundledPackages(JSON.parse(text)));
  const manifest = async (folder: string) => [folder, await manifestIn(join(repository, folder))] as const;
  return new Map(await Promise.all(folders.map(manifest)));
}

/** Our programs' parts: the npm packages of which they are bundled. The list of the npm package. */
export async function programParts(repository: string, bundles: readonly string[]): Promise<readonly Component[]> {
  const manifests = await bundledManifests(repository, bundles);
  return unique([...manifests.values()].map(npmComponent));
}

/** Node.js and what it is made of, for which it answers itself. */
export function nodeParts(repository: string): readonly Component[] {
  const within = [...partsOfNode(repository)].map(([name, version]): Component => ({
    type: 'library',
    name,
    version,
    purl: `pkg:generic/${encodeURIComponent(name)}@${encodeURIComponent(version)}`,
  }));
  return [nodeComponent(IMAGE_NODE_VERSION), ...within];
}

/** Node.js itself. */
export function nodeComponent(version: string): Component {
  return {
    type: 'application',
    name: 'node',
    version,
    purl: `pkg:generic/nodejs@${version}`,
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    ...licensed('MIT'),
  };
}

/** The npm package of a manifest, as that which a list is about. */
export function packagePart(manifest: Manifest): Component {
  return { ...npmComponent(manifest), type: 'application' };
}

/** What a registry has under a name with a tag: `REGISTRY/PATH/NAME:TAG`. */
export function registryPart(type: 'application' | 'container', address: string): Component {
  const [, repository = '', name = '', version = ''] = /^(.*\/([^/]+)):([^:]+)$/.exec(address) ?? [];
  const query = new URLSearchParams({ repository_url: repository, tag: version });
  return { type, name, version, purl: `pkg:oci/${name}?${query.toString()}` };
}

/** The packages below, with the release that they are of: scanners look them up by both. */
export function debianParts(architecture: Architecture): readonly Component[] {
  const packages = DEBIAN_PACKAGES.map((one): Component => ({
    type: 'library',
    name: one.name,
    version: one.version,
    purl: purlOf(one, architecture),
    ...licensed(one.license),
    hashes: [{ alg: 'SHA-256', content: one.sha256[architecture] }],
  }));
  return [{ type: 'operating-system', name: 'debian', version: DEBIAN_RELEASE }, ...packages];
}

/** A list of parts as CycloneDX 1.6 (JSON). No time and no serial number: the same parts make the same list. */
export function sbomText(subject: Component, parts: readonly Component[]): string {
  const sbom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: subject },
    components: parts.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  };
  return `${JSON.stringify(sbom, undefined, 2)}\n`;
}

/** package.json in a folder. */
export async function manifestIn(folder: string): Promise<Manifest> {
  return Manifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
}

/** One version of a package may be installed at several places. */
function unique(parts: readonly Component[]): readonly Component[] {
  return [...new Map(parts.map((part) => [keyOf(part), part])).values()];
}

function keyOf({ purl, name }: Component): string {
  return purl ?? name;
}

function npmComponent({ name, version, license }: Manifest): Component {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return { type: 'library', name, version, purl, ...(license === undefined ? {} : licensed(license)) };
}

/** SPDX's expression, in the form that CycloneDX wants it. */
function licensed(expression: string): Pick<Component, 'licenses'> {
  return { licenses: [{ expression }] };
}
