import { readdir, stat } from 'node:fs/promises';
import { join, parse, sep } from 'node:path';

/** The paths that a value of `-f` means: a pattern stands for the files that it matches, where no file has its name. */
export async function pathsFrom(value: string): Promise<readonly string[]> {
  if (value === '-' || !isPattern(value) || (await isThere(value))) return [value];
  const { root } = parse(value);
  const found = await matching(root, value.slice(root.length).split(sep));
  // What matches nothing is told as the path that is not there, as kubectl does.
  return found.length === 0 ? [value] : found;
}

function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function matching(folder: string, [step, ...rest]: readonly string[]): Promise<readonly string[]> {
  if (step === undefined) return [folder];
  const names = isPattern(step) ? await namesLike(folder, step) : [step];
  const found: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    if (await isThere(path)) found.push(...(await matching(path, rest)));
  }
  return found;
}

async function namesLike(folder: string, pattern: string): Promise<readonly string[]> {
  const like = expressionFor(pattern);
  const names = await readdir(folder === '' ? '.' : folder).catch((): readonly string[] => []);
  return names.filter((name) => like.test(name)).sort();
}

/** Go's path/filepath.Match: `*`, `?`, and sets, `^` first for all others. */
function expressionFor(pattern: string): RegExp {
  const text = pattern.replaceAll(/\[[^\]]+\]|[*?]|[.+^${}()|[\]\\]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return part.length > 1 ? part : `\\${part}`;
  });
  return new RegExp(`^${text}$`, 's');
}
