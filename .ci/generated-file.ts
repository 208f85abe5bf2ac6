import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';

/** True: nothing is written, and a file that differs fails the run. */
const isCheck = process.argv.includes('--check');

/** Writes a file that is made from the code, formatted as every other. */
export async function generated(path: string, text: string): Promise<void> {
  return generatedAsIs(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

/** The same for a file that is in no format that is known. */
export async function generatedAsIs(path: string, after: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => '');
  if (after === before) return;
  if (!isCheck) return writeFile(path, after);
  process.stderr.write(`${path} differs from the code: run npm run fix and commit it\n`);
  process.exitCode = 1;
}

const PARTS = /(<!-- generated: (\w+) -->)[^]*?(<!-- end -->)/g;

/** Fills in the parts of a file that stand between `<!-- generated: NAME -->` and `<!-- end -->`. */
export async function generatedParts(path: string, parts: Readonly<Record<string, () => string>>): Promise<void> {
  const before = await readFile(path, 'utf8');
  const filled = before.replaceAll(PARTS, (_, start: string, name: string, end: string) => {
    const make = parts[name];
    if (make === undefined) throw new Error(`${path}: nothing is called ${name}`);
    return `${start}\n\n${make()}\n\n${end}`;
  });
  await generated(path, filled);
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

/** A table in Markdown. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map(row).join('\n');
}
