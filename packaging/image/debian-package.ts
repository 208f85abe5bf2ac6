import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { cacheRoot } from '../cache-folder.ts';
import { addressesOf, fileNameOf, type Architecture, type DebianPackage } from './debian.ts';
import type { Entry } from './layer.ts';

/** A mirror that does not send a package of 3 MB in this time is given up, in ms. */
const DOWNLOAD_MS = 60_000;

/** Room for the largest package, unpacked: libc6 has 13 MB. */
const MOST_UNPACKED = 100 * 2 ** 20;

/** All that a package holds, and what dpkg would know of it: its paragraph, where scanners look for it in images without dpkg. */
export async function entriesOf(one: DebianPackage, architecture: Architecture): Promise<readonly Entry[]> {
  const file = await packageFile(one, architecture);
  const paragraph = dpkgDeb('--field', file);
  return [
    ...(await unpacked(dpkgDeb('--fsys-tarfile', file))),
    { kind: 'file', path: `var/lib/dpkg/status.d/${one.name}`, mode: 0o644, bytes: paragraph },
  ];
}

/** The package in our cache. It is fetched once, and checked each time. */
async function packageFile(one: DebianPackage, architecture: Architecture): Promise<string> {
  const cache = join(cacheRoot(process.env), 'debian');
  const name = fileNameOf(one, architecture);
  const path = join(cache, name);
  const wanted = one.sha256[architecture];
  if (sha256Of(await readFile(path).catch(() => Buffer.alloc(0))) === wanted) return path;
  await mkdir(cache, { recursive: true });
  process.stderr.write(`downloading ${name} ...\n`);
  const bytes = await fetched(addressesOf(one, architecture));
  if (sha256Of(bytes) !== wanted)
    throw new Error(`${name} has SHA-256 ${sha256Of(bytes)} and not ${wanted}: do not use it, and ask why`);
  // Beside its place, and renamed when it is whole: two builds at once do not spoil each other.
  const draft = await mkdtemp(join(cache, '.download-'));
  try {
    await writeFile(join(draft, name), bytes);
    await rename(join(draft, name), path);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return path;
}

/** From the first address that has it. Throws with what each of them said. */
async function fetched(addresses: readonly URL[]): Promise<Buffer> {
  const refusals: string[] = [];
  for (const address of addresses) {
    try {
      const answer = await fetch(address, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
      if (answer.ok) return Buffer.from(await answer.arrayBuffer());
      refusals.push(`${address.href}: ${answer.status} ${answer.statusText}`);
    } catch (thrown) {
      refusals.push(`${address.href}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    }
  }
  throw new Error(`no mirror of Debian has it:\n${refusals.join('\n')}`);
}

async function unpacked(tar: Buffer): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  const reader = Readable.from([tar]).pipe(extract());
  for await (const entry of reader) {
    const { name, type, mode, linkname } = entry.header;
    const path = name.replace(/^\.?\/+|\/+$/g, '');
    if (type === 'file') entries.push({ kind: 'file', path, mode, bytes: await buffer(entry) });
    else if (type === 'directory') entries.push({ kind: 'folder', path, mode });
    else if (type === 'symlink' && linkname) entries.push({ kind: 'link', path, to: linkname });
    else throw new Error(`${name} is a ${type}, and the image has no place for such`);
    entry.resume();
  }
  return entries.filter(({ path }) => path !== '');
}

function dpkgDeb(...args: readonly string[]): Buffer {
  const { status, error, stdout, stderr } = spawnSync('dpkg-deb', args, { maxBuffer: MOST_UNPACKED });
  if (error !== undefined) throw new Error(`dpkg-deb cannot be run (package dpkg of Debian): ${error.message}`);
  if (status !== 0) throw new Error(`dpkg-deb ${args.join(' ')}: exit code ${status ?? '?'}: ${stderr.toString()}`);
  return stdout;
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
