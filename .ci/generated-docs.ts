/**
 * Writes the tables of docs/ that come from the registries, between `<!-- generated: NAME -->` and `<!-- end -->`.
 * With `--check` nothing is written, and a table that differs fails.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { DEFAULT_POLICY, RULES, TOOLS } from '../shared/index.ts';

const DOCS = ['docs/policy.md', 'docs/tools.md'];

const AFTER = {
  retried: 'tried again by itself',
  lost: 'this run is lost',
  failed: 'whoever asked sees the error',
} as const;

const row = (...cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (header: readonly string[], rows: readonly string[]): string =>
  [row(...header), row(...header.map(() => '---')), ...rows].join('\n');

function rules(): string {
  const rows = RULES.map(({ id, denies }) => {
    const { mode, scope, unknown } = DEFAULT_POLICY.rules[id];
    return row(`\`${id}\``, denies, mode, scope, unknown);
  });
  return table(['Rule', 'Refuses', 'Default mode', 'Looks at', 'Where it cannot be found out'], rows);
}

function tools(work: 'backup' | 'scan'): string {
  const rows = TOOLS.flatMap(({ id, title, source, patterns }) => {
    const mine = patterns.filter((pattern) => pattern.work === work);
    const refused = mine.filter(({ role }) => role === 'leaf' || (role === 'root' && work === 'scan'));
    if (mine.length === 0) return [];
    const what = [...new Set(refused.map((pattern) => pattern.what))].join('; ');
    const then = [...new Set(refused.map(({ afterDenial }) => AFTER[afterDenial]))].join('; ');
    return [row(`[${title}](${source})`, `\`${id}\``, what === '' ? 'nothing: it only leads to others' : what, then)];
  });
  return table(['Tool', 'Id', 'What is refused', 'Then'], rows);
}

function delivery(): string {
  const rows = TOOLS.filter(({ delivers }) => delivers !== undefined).map(({ id, title, source }) =>
    row(`[${title}](${source})`, `\`${id}\``),
  );
  return table(['Tool', 'Id'], rows);
}

const TABLES: Readonly<Record<string, () => string>> = {
  rules,
  backups: () => tools('backup'),
  scans: () => tools('scan'),
  delivery,
};

const GENERATED = /(<!-- generated: (\w+) -->)[^]*?(<!-- end -->)/g;

const isCheck = process.argv.includes('--check');
for (const path of DOCS) {
  const before = await readFile(path, 'utf8');
  const filled = before.replaceAll(GENERATED, (_, start: string, name: string, end: string) => {
    const make = TABLES[name];
    if (make === undefined) throw new Error(`${path}: no table is called ${name}`);
    return `${start}\n\n${make()}\n\n${end}`;
  });
  const after = await format(filled, { ...(await resolveConfig(path)), filepath: path });
  if (after === before) continue;
  if (isCheck) {
    process.stderr.write(`${path} differs from the registries: run npm run fix and commit it\n`);
    process.exitCode = 1;
  } else {
    await writeFile(path, after);
  }
}
