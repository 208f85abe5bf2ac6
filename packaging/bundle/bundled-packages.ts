import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** Bytes in a bundle by the file that they were made of. */
export const Parts = z.record(z.string(), z.number());

/** The folders of npm packages of which a bundle holds at least a byte, sorted: `node_modules/a/node_modules/@b/c`. */
export function bundledPackages(parts: unknown): readonly string[] {
  const folders = Object.entries(Parts.parse(parts)).flatMap(([path, bytes]) => (bytes > 0 ? packageFolder(path) : []));
  return [...new Set(folders)].sort();
}

function packageFolder(path: string): readonly string[] {
  const found = /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
  return found === undefined ? [] : [found];
}

/** The licences of these packages, which ask to go with every copy. Throws where one has none to go with it. */
export async function licensesOf(folders: readonly string[]): Promise<string> {
  const texts = await Promise.all(folders.map(licenseOf));
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

const Manifest = z.object({ name: z.string(), version: z.string(), license: z.string() });

async function licenseOf(folder: string): Promise<string> {
  const { name, version, license } = Manifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${folder} brings no licence: it cannot be bundled before it is known`);
  return `${name} ${version} (${license})\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
}
