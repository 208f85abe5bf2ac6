import { constants, openSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { MaintError, messageOf, textAt, textFromBytes } from '../../../shared/index.ts';
import { pathsFrom } from './paths.ts';

/** Endings of the files that are read from a folder; as in kubectl. */
const ENDINGS = ['.yaml', '.yml', '.json'];

/** Largest file that is read, in bytes: 64 MiB of manifests are some 30,000 objects, and parse in memory. */
const MAX_BYTES = 64 * 1024 * 1024;

/** What stands under a name, or why it cannot be read. */
export type Source =
  { readonly name: string; readonly text: string } | { readonly name: string; readonly problem: string };

/** What reading depends on. */
export interface Reading {
  readonly stdin: Readable;
  /** Ends the wait for whoever is to write into standard input or a pipe: then MaintError('interrupted') is thrown. */
  readonly signal: AbortSignal;
}

/**
 * Reads files, patterns, folders (their manifests, sorted; deeper ones with `recursive`) and `-` (standard input), one at a
 * time. What cannot be read is told in its place, and leaves the rest readable.
 */
export async function* readSources(
  paths: readonly string[],
  { recursive, ...reading }: Reading & { readonly recursive: boolean },
): AsyncIterable<Source> {
  for (const path of paths) {
    const files = await tried(path, () => pathsFrom(path));
    if ('problem' in files) yield files;
    else for (const file of files.got) yield* sourcesAt(file, recursive, reading);
  }
}

/** Reads one file, or `-` (standard input). Throws MaintError: `usage`, `interrupted`. */
export async function readSource(path: string, reading: Reading): Promise<{ name: string; text: string }> {
  const read = await tried(path, () => textOf(path, reading));
  if ('problem' in read) throw new MaintError('usage', `cannot read ${path}: ${read.problem}`);
  return { name: path, text: read.got };
}

async function* sourcesAt(path: string, recursive: boolean, reading: Reading): AsyncIterable<Source> {
  const inside = await tried(path, async () => ((await isFolder(path)) ? manifestsIn(path, recursive) : undefined));
  if ('problem' in inside) yield inside;
  else if (inside.got === undefined) yield await sourceAt(path, reading);
  else {
    for (const file of inside.got) yield await sourceAt(file, reading);
    if (inside.got.length === 0) yield { name: path, problem: `no file in it ends in ${ENDINGS.join(', ')}` };
  }
}

async function isFolder(path: string): Promise<boolean> {
  return path !== STDIN && (await stat(path)).isDirectory();
}

async function manifestsIn(folder: string, recursive: boolean): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(recursive ? await manifestsIn(inside, recursive) : []));
    else if (ENDINGS.some((ending) => entry.name.endsWith(ending))) found.push(inside);
  }
  return found;
}

async function sourceAt(path: string, reading: Reading): Promise<Source> {
  const read = await tried(path, () => textOf(path, reading));
  return 'problem' in read ? read : { name: path, text: read.got };
}

/** What the file system gives, or its reason not to. */
async function tried<T>(
  name: string,
  read: () => Promise<T>,
): Promise<{ readonly got: T } | { readonly name: string; readonly problem: string }> {
  try {
    return { got: await read() };
  } catch (thrown) {
    if (thrown instanceof MaintError) throw thrown;
    const code = textAt(thrown, 'code');
    return { name, problem: (code === undefined ? undefined : PROBLEMS.get(code)) ?? messageOf(thrown) };
  }
}

const PROBLEMS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder, or a link leads nowhere'],
  ['EACCES', 'you may not read it'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'its links lead in a circle'],
]);

/** Standard input, as kubectl names it. */
const STDIN = '-';

async function textOf(path: string, reading: Reading): Promise<string> {
  return textFromBytes(await bytesOf(path, reading));
}

async function bytesOf(path: string, { stdin, signal }: Reading): Promise<Uint8Array> {
  if (path === STDIN) return drained(stdin, signal);
  const found = await stat(path);
  if (found.isFIFO()) return drained(openPipe(path), signal);
  if (found.size > MAX_BYTES) throw new Error(`it has ${found.size} bytes; ${MAX_BYTES} is the most`);
  return readFile(path);
}

/** Opened to wait for a writer in the event loop: an ordinary open would wait in a thread that no signal ends. */
function openPipe(path: string): Readable {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

async function drained(stream: Readable, signal: AbortSignal): Promise<Uint8Array> {
  const end = (): void => {
    stream.destroy(new MaintError('interrupted', 'interrupted while waiting for input: nothing was checked'));
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    if (signal.aborted) end();
    return await buffer(stream);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
