/** Images as files of an OCI image layout (github.com/opencontainers/image-spec), which every registry's client pushes. */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { Architecture } from './debian.ts';
import { digestOf, type Layer } from './layer.ts';

/** An image for one architecture. */
export interface Image {
  readonly architecture: Architecture;
  /** The lowest first. */
  readonly layers: readonly Layer[];
  /** As the image specification has it: `Entrypoint`, `User`, `Labels`, … */
  readonly config: Readonly<Record<string, unknown>>;
}

/** A blob as others name it. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const TYPE = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** The beginning of time: the same files make the same image. */
const CREATED = '1970-01-01T00:00:00Z';

/** Digests (`sha256:…`) of what is pushed: the index, and the image of each architecture. */
export interface Digests {
  readonly index: string;
  readonly images: Readonly<Partial<Record<Architecture, string>>>;
}

/** Writes images as one index into a folder, under a name with a tag. */
export async function writeLayout(folder: string, name: string, images: readonly Image[]): Promise<Digests> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true });
  const blob = (mediaType: string, bytes: Buffer): Promise<Descriptor> => writeBlob(folder, mediaType, bytes);
  const json = (mediaType: string, value: object) => blob(mediaType, Buffer.from(JSON.stringify(value)));
  const manifests: (Descriptor & { platform: { architecture: Architecture; os: 'linux' } })[] = [];
  for (const { architecture, layers, config } of images) {
    const platform = { architecture, os: 'linux' } as const;
    const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) };
    const history = layers.map(() => ({ created: CREATED }));
    const described = await json(TYPE.config, { created: CREATED, ...platform, config, rootfs, history });
    const blobs: Descriptor[] = [];
    for (const { bytes } of layers) blobs.push(await blob(TYPE.layer, bytes));
    const manifest = { schemaVersion: 2, mediaType: TYPE.manifest, config: described, layers: blobs };
    manifests.push({ ...(await json(TYPE.manifest, manifest)), platform });
  }
  const index = await json(TYPE.index, { schemaVersion: 2, mediaType: TYPE.index, manifests });
  const annotations = {
    'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
    // By which containerd, and so Kubernetes, finds it after an import.
    'io.containerd.image.name': name,
  };
  const top = { schemaVersion: 2, mediaType: TYPE.index, manifests: [{ ...index, annotations }] };
  await writeFile(join(folder, 'index.json'), JSON.stringify(top));
  await writeFile(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  const digests = manifests.map(({ platform, digest }) => [platform.architecture, digest] as const);
  return { index: index.digest, images: Object.fromEntries(digests) };
}

/** The layout as one file, which `ctr images import`, `docker load` and `podman load` read. */
export async function archiveLayout(folder: string, file: string): Promise<void> {
  const archive = pack();
  const written = pipeline(archive, createWriteStream(file));
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
  for (const name of names)
    archive.entry({ name, mode: 0o644, mtime: new Date(0) }, await readFile(join(folder, name)));
  archive.finalize();
  await written;
}

async function writeBlob(folder: string, mediaType: string, bytes: Buffer): Promise<Descriptor> {
  const digest = digestOf(bytes);
  await writeFile(join(folder, 'blobs', digest.replace(':', '/')), bytes);
  return { mediaType, digest, size: bytes.length };
}
