import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEBIAN_PACKAGES, type Architecture } from './debian.ts';
import { entriesOf } from './debian-package.ts';
import { layerOf, type Entry, type Layer } from './layer.ts';
import { archiveLayout, writeLayout, type Digests } from './layout.ts';
import { IMAGE_NODE_VERSION, imageNode } from './node.ts';
import {
  bundledManifests,
  debianParts,
  manifestIn,
  nodeComponent,
  nodeParts,
  programParts,
  registryPart,
  sbomText,
  type Component,
} from './sbom.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

/** Every architecture that the image is built for. */
export const ARCHITECTURES: readonly Architecture[] = ['amd64', 'arm64'];

/** That of this machine, whose image can be run here. */
export function thisArchitecture(): Architecture {
  return process.arch === 'arm64' ? 'arm64' : 'amd64';
}

/** What is bundled into the image, and the lists of what each bundle is made of. */
const BUNDLES = ['maint-webhook', 'kubectl-maint'];
const PARTS = BUNDLES.map((bundle) => `dist/${bundle}.parts.json`);

/** An image as it was built. */
export interface BuiltImage {
  /** Name with tag. */
  readonly name: string;
  /** The same for the same sources. */
  readonly digests: Digests;
  /** The OCI image layout, and the same as one file. */
  readonly layout: string;
  readonly archive: string;
  /** The list of parts (CycloneDX) of each architecture. */
  readonly sboms: Readonly<Partial<Record<Architecture, string>>>;
}

/** What to build. */
export interface ImagePlan {
  /** Name with tag. */
  readonly name: string;
  readonly folder: string;
  readonly architectures: readonly Architecture[];
}

/**
 * Builds the image with webhook and plugin into a folder: one OCI index, and a list of parts for each architecture. Needs
 * `npm run build` before, and dpkg-deb. The layers from the bottom: Debian's packages, Node.js, our programs.
 */
export async function buildWebhookImage({ name, folder, architectures }: ImagePlan): Promise<BuiltImage> {
  for (const bundle of BUNDLES)
    if (!existsSync(join(REPOSITORY, `dist/${bundle}.cjs`))) throw new Error('nothing is built: run `npm run build`');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const own = await manifestIn(REPOSITORY);
  const parts = [...(await programParts(REPOSITORY, PARTS)), ...nodeParts(REPOSITORY)];
  const layer = await layerOf([...(await programEntries()), ...(await entriesForScanners())]);
  const images = [];
  const sboms: Partial<Record<Architecture, string>> = {};
  // One after the other: each holds Node.js several times.
  for (const architecture of architectures) {
    const layers = [...(await layersBelow(architecture)), layer];
    images.push({ architecture, layers, config: configOf(own) });
    sboms[architecture] = await writeSbom(join(folder, `maint-webhook.linux-${architecture}.cdx.json`), [
      ...parts,
      ...debianParts(architecture),
    ]);
  }
  const layout = join(folder, 'layout');
  const archive = join(folder, 'maint-webhook.tar');
  const digests = await writeLayout(layout, name, images);
  await archiveLayout(layout, archive);
  return { name, digests, layout, archive, sboms };

  async function writeSbom(file: string, all: readonly Component[]): Promise<string> {
    await writeFile(file, sbomText(registryPart('container', name), all));
    return file;
  }
}

async function layersBelow(architecture: Architecture): Promise<readonly Layer[]> {
  const workshop = await mkdtemp(join(tmpdir(), 'maint-image-'));
  try {
    const debian: Entry[] = [];
    for (const one of DEBIAN_PACKAGES) debian.push(...(await entriesOf(one, architecture)));
    const { program, license } = await imageNode(architecture, workshop);
    const node: readonly Entry[] = [
      { kind: 'file', path: 'usr/bin/node', mode: 0o755, bytes: program },
      { kind: 'file', path: 'usr/share/doc/nodejs/LICENSE', mode: 0o644, bytes: license },
    ];
    return [await layerOf(debian), await layerOf(node)];
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** Webhook and plugin, which Jobs of `--detach` run, and what goes with every copy. */
async function programEntries(): Promise<readonly Entry[]> {
  const file = async (path: string, from: string): Promise<Entry> => {
    return { kind: 'file', path, mode: 0o644, bytes: await readFile(join(REPOSITORY, from)) };
  };
  const loaded = await readdir(join(REPOSITORY, 'dist/kubectl-maint'));
  const docs = 'usr/share/doc/kubectl-maint';
  return Promise.all([
    ...BUNDLES.map((bundle) => file(`${bundle}.cjs`, `dist/${bundle}.cjs`)),
    ...loaded.map((name) => file(`kubectl-maint/${name}`, `dist/kubectl-maint/${name}`)),
    ...BUNDLES.map((bundle) => file(`${docs}/${bundle}.LICENSES.txt`, `dist/${bundle}.LICENSES.txt`)),
    file(`${docs}/LICENSE`, 'LICENSE'),
  ]);
}

/**
 * What scanners know parts by that are in the image as bytes of something else: npm packages by a package.json each, without the
 * rest of them; what Node.js is made of, which no package manager knows, by a list.
 */
async function entriesForScanners(): Promise<readonly Entry[]> {
  const own = await manifestIn(REPOSITORY);
  const packages = [...(await bundledManifests(REPOSITORY, PARTS)), ['node_modules/kubectl-maint', own] as const];
  const text = (path: string, content: string): Entry => {
    return { kind: 'file', path, mode: 0o644, bytes: Buffer.from(content) };
  };
  return [
    ...packages.map(([folder, manifest]) => text(`usr/lib/${folder}/package.json`, `${JSON.stringify(manifest)}\n`)),
    text('usr/share/sbom/nodejs.cdx.json', sbomText(nodeComponent(IMAGE_NODE_VERSION), nodeParts(REPOSITORY))),
  ];
}

function configOf({ version, license }: { readonly version: string; readonly license?: string | undefined }) {
  return {
    // A user without a name, as Pod Security wants it: a number that is not 0.
    User: '65532:65532',
    Env: ['PATH=/usr/bin'],
    Entrypoint: ['/usr/bin/node', '--max-semi-space-size=4', '/maint-webhook.cjs'],
    Cmd: ['serve'],
    ExposedPorts: { '9443/tcp': {}, '9440/tcp': {}, '9441/tcp': {} },
    Labels: {
      'org.opencontainers.image.title': 'maint-webhook',
      'org.opencontainers.image.description': 'Webhook and controller of kubectl maint, and the plugin',
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.licenses': license ?? '',
    },
  };
}
