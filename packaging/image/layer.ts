import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { pack } from 'tar-stream';

/** What a layer holds at a path, which has no slash before it. */
export type Entry =
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly bytes: Buffer }
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly to: string };

/** A layer as registries keep it. */
export interface Layer {
  readonly bytes: Buffer;
  /** `sha256:…` of the archive before it was compressed. */
  readonly diffId: string;
}

/** The same entries make the same bytes, in whatever order they come: all belong to root, and nothing has a time. */
export async function layerOf(entries: readonly Entry[]): Promise<Layer> {
  const archive = pack();
  const tar = buffer(archive);
  for (const entry of withFolders(entries)) {
    const header = { name: entry.path, uid: 0, gid: 0, mtime: new Date(0) };
    if (entry.kind === 'file') archive.entry({ ...header, mode: entry.mode }, entry.bytes);
    else if (entry.kind === 'folder') archive.entry({ ...header, mode: entry.mode, type: 'directory' });
    else archive.entry({ ...header, mode: 0o777, type: 'symlink', linkname: entry.to });
  }
  archive.finalize();
  const bytes = await tar;
  return { bytes: await promisify(gzip)(bytes), diffId: digestOf(bytes) };
}

/** As the OCI names contents. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Sorted, each path once, with every folder that leads to one: of two the first counts. */
function withFolders(entries: readonly Entry[]): readonly Entry[] {
  const byPath = new Map<string, Entry>();
  for (const entry of entries) if (!byPath.has(entry.path)) byPath.set(entry.path, entry);
  for (const { path } of entries)
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder))
      if (!byPath.has(folder)) byPath.set(folder, { kind: 'folder', path: folder, mode: 0o755 });
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}
