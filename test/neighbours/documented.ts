import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { isObject } from '../../shared/index.ts';

/** The setting of docs/gitops.md whose YAML has this in it: what is documented is what is tried. */
export async function documented(word: string): Promise<object> {
  const page = await readFile(resolve('docs/gitops.md'), 'utf8');
  const blocks = [...page.matchAll(/^( *)```yaml\n(.*?)^\1```/gms)].map(([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
  const found = blocks.filter((block) => block.includes(word));
  if (found.length !== 1) throw new Error(`docs/gitops.md has ${found.length} blocks with ${word}`);
  const setting: unknown = parse(found[0] ?? '');
  if (!isObject(setting)) throw new Error(`the block of docs/gitops.md with ${word} is no object`);
  return setting;
}
