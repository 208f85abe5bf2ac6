/** What programs read from a verb is a contract: each field of each report stands where the documentation describes it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/** The type of a report, and the section of a page that describes it. */
const REPORTS = [
  ['plugin/verbs/on/events.ts', 'OnEvent', 'docs/drain.md', '## `-o json`'],
  ['plugin/verbs/off/events.ts', 'OffEvent', 'docs/maintenance.md', '## `-o json`'],
  ['plugin/verbs/run/events.ts', 'RunEvent', 'docs/run.md', '## For programs'],
  ['plugin/verbs/status/report.ts', 'StatusReport', 'docs/status.md', '## For programs'],
  ['plugin/verbs/check/report.ts', 'CheckReport', 'docs/check.md', '## For programs'],
  ['plugin/verbs/doctor/report.ts', 'DoctorReport', 'docs/doctor.md', '# Is enforcement live?'],
  ['plugin/verbs/redo/text.ts', 'RedoItem', 'docs/maintenance.md', '## What was kept off'],
  ['plugin/verbs/allow/text.ts', 'Allowance', 'docs/exceptions.md', '# Break-glass'],
] as const;

/** Named otherwise in the list that is printed. */
const RENAMED: Readonly<Record<string, string>> = { 'StatusReport.nodes': 'items' };

/** Of others: it is theirs to describe. */
const FOREIGN = /node_modules|\/lib\.[^/]*\.d\.ts$/;

let program: ts.Program;
beforeAll(() => {
  const module = ts.ModuleKind.NodeNext;
  const options = {
    module,
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ESNext,
  };
  program = ts.createProgram({ rootNames: REPORTS.map(([file]) => join(ROOT, file)), options });
}, 60_000);

/** The exported type of a file. */
function typeOf(file: string, name: string): ts.Type {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(ROOT, file));
  const module = source && checker.getSymbolAtLocation(source);
  const symbol = module && checker.getExportsOfModule(module).find((one) => one.name === name);
  if (symbol === undefined) throw new Error(`${file} exports no ${name}`);
  return checker.getDeclaredTypeOfSymbol(symbol);
}

/** Names of all fields and kinds of events, those of the objects inside of it included. */
function fieldsOf(type: ts.Type, seen = new Set<ts.Type>()): readonly string[] {
  if (seen.has(type)) return [];
  seen.add(type);
  const checker = program.getTypeChecker();
  if (type.isUnion()) return type.types.flatMap((one) => fieldsOf(one, seen));
  const element = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  if (element !== undefined && checker.isArrayLikeType(type)) return fieldsOf(element, seen);
  if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0) return [];
  return checker.getPropertiesOfType(type).flatMap((property) => {
    const declared = property.declarations?.[0];
    if (declared === undefined || FOREIGN.test(declared.getSourceFile().fileName)) return [];
    const value = checker.getTypeOfSymbol(property);
    return [property.name, ...(property.name === 'type' ? literalsOf(value) : fieldsOf(value, seen))];
  });
}

/** Kinds of events: they are as much of the contract as their fields. */
function literalsOf(type: ts.Type): readonly string[] {
  if (type.isUnion()) return type.types.flatMap(literalsOf);
  return type.isStringLiteral() ? [type.value] : [];
}

/** The code in a section of a page: what stands between backticks, and indented lines. */
async function codeIn(page: string, title: string): Promise<string> {
  const lines = (await readFile(join(ROOT, page), 'utf8')).split('\n');
  const begin = lines.findIndex((line) => line.startsWith(title));
  if (begin < 0) throw new Error(`${page} has no ${title}`);
  const depth = `${title.split(' ')[0] ?? ''} `;
  const rest = lines.slice(begin + 1);
  const end = rest.findIndex((line) => line.startsWith(depth));
  const text = (end < 0 ? rest : rest.slice(0, end)).join('\n');
  return [...text.matchAll(/`[^`]+`|^ {4}.*$/gm)].map(([code]) => code).join('\n');
}

test.each(REPORTS)('%s %s: every field stands in %s', async (file, name, page, title) => {
  const code = await codeIn(page, title);
  const fields = new Set(fieldsOf(typeOf(file, name)).map((field) => RENAMED[`${name}.${field}`] ?? field));
  expect(fields.size).toBeGreaterThan(3);
  const missing = [...fields].filter((field) => !new RegExp(`\\b${field}\\b`).test(code));
  expect(missing).toEqual([]);
});
