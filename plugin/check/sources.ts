import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { MaintError, messageOf } from '../../shared/index.ts';

/** Endings of the files that are read from a folder; as in kubectl. */
const ENDINGS = ['.yaml', '.yml', '.json'];

/** Largest file that is read, in bytes: 64 MiB of manifests are some 30,000 objects, and parse in memory. */
const MAX_BYTES = 64 * 1024 * 1024;

/** A text with manifests, and the name under which it is reported. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** Reads files, folders (their manifests, sorted; deeper ones with `recursive`) and `-` (standard input), one at a time. */
export async function* readSources(
  paths: readonly string[],
  { recursive, stdin }: { readonly recursive: boolean; readonly stdin: NodeJS.ReadableStream },
): AsyncIterable<Source> {
  for (const path of paths) {
    if (path === '-') yield await readSource(path, stdin);
    else for await (const file of filesAt(path, recursive)) yield await readSource(file, stdin);
  }
}

/** Reads one file, or `-` (standard input). Throws MaintError('usage'). */
export async function readSource(path: string, stdin: NodeJS.ReadableStream): Promise<Source> {
  return { name: path, text: path === '-' ? await text(stdin) : await readText(path) };
}

async function* filesAt(path: string, recursive: boolean): AsyncIterable<string> {
  const found = await readable(path, () => stat(path));
  if (!found.isDirectory()) {
    yield path;
    return;
  }
  const entries = await readable(path, () => readdir(path, { withFileTypes: true }));
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = join(path, entry.name);
    if (entry.isDirectory() && recursive) yield* filesAt(inside, recursive);
    else if (!entry.isDirectory() && ENDINGS.some((ending) => entry.name.endsWith(ending))) yield inside;
  }
}

async function readText(file: string): Promise<string> {
  const { size } = await readable(file, () => stat(file));
  if (size > MAX_BYTES) throw new MaintError('usage', `${file} has ${size} bytes; ${MAX_BYTES} is the most`);
  return readable(file, () => readFile(file, 'utf8'));
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (thrown) {
    throw new MaintError('usage', `cannot read ${path}: ${messageOf(thrown)}`, { cause: thrown });
  }
}
