import { parseDocument } from 'yaml';
import { at, isObject, listAt, textAt } from '../../shared/index.ts';
import type { Source } from './sources.ts';

/** One document of a source: a Kubernetes object, or why it is none. */
export interface ManifestDocument {
  readonly source: string;
  /** Position in its source, from 0; objects of a List share their document's. */
  readonly index: number;
  readonly content:
    | { readonly kind: 'object'; readonly object: unknown }
    | { readonly kind: 'invalid'; readonly line: number; readonly column: number; readonly message: string };
}

/** Most aliases that one document may expand, so that a small file cannot become a huge object ("billion laughs"). */
const MAX_ALIASES = 1000;

/** Splits a source at its document marks and parses each by itself: one broken document leaves the others readable. */
export function* documentsFrom({ name, text }: Source): Iterable<ManifestDocument> {
  let index = 0;
  for (const part of partsOf(text)) {
    for (const content of contentsOf(part)) yield { source: name, index, content };
    index += 1;
  }
}

interface Part {
  readonly text: string;
  /** Lines of the source before this part. */
  readonly linesBefore: number;
}

/** YAML's mark of a new document stands at the beginning of a line, alone or before a space; content may follow it. */
const MARK = /^---(?=[ \t\r\n]|$)/gm;

function* partsOf(text: string): Iterable<Part> {
  const starts = [0, ...[...text.matchAll(MARK)].map(({ index }) => index)];
  let linesBefore = 0;
  for (const [number, start] of starts.entries()) {
    const part = text.slice(start, starts[number + 1]);
    if (!isBlank(part)) yield { text: part, linesBefore };
    linesBefore += countLines(part);
  }
}

/** Nothing but comments, directives and white space. */
function isBlank(text: string): boolean {
  return !/^[ \t]*[^\s#%]/m.test(text.replace(/^---/, ''));
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function contentsOf(part: Part): readonly ManifestDocument['content'][] {
  const value = jsonIn(part.text);
  return value === undefined ? contentsOfYaml(part) : objectsIn(value, part);
}

/**
 * The value of a text that is JSON, as all that kubectl prints with `-o json` is. JSON is YAML too, but read as YAML it
 * takes ten times as long and the memory of a syntax tree. As in the API server, the last of two equal keys counts.
 * Undefined where it is no JSON: what is wrong with it is the YAML parser's to say.
 */
function jsonIn(text: string): unknown {
  const body = text.replace(/^---/, '');
  if (!/^\s*\{/.test(body)) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return value;
  } catch {
    return undefined;
  }
}

function contentsOfYaml(part: Part): readonly ManifestDocument['content'][] {
  // Lines are counted where there is a mistake to tell: the parser would count them for each of thousands of documents.
  const document = parseDocument(part.text, { prettyErrors: false, strict: true, uniqueKeys: true });
  const [error] = document.errors;
  if (error !== undefined) return [{ kind: 'invalid', ...placeIn(part, error.pos[0]), message: error.message }];
  try {
    return objectsIn(document.toJS({ maxAliasCount: MAX_ALIASES }), part);
  } catch (thrown) {
    return [invalid(part, thrown instanceof Error ? thrown.message : String(thrown))];
  }
}

function placeIn({ text, linesBefore }: Part, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: linesBefore + countLines(before) + 1, column: offset - before.lastIndexOf('\n') };
}

function objectsIn(value: unknown, part: Part): readonly ManifestDocument['content'][] {
  if (value === null || value === undefined) return [];
  if (!isObject(value)) return [invalid(part, 'is not a Kubernetes object')];
  if (textAt(value, 'kind') === undefined || textAt(value, 'apiVersion') === undefined) {
    return [invalid(part, 'is not a Kubernetes object: apiVersion or kind is missing')];
  }
  if (!isList(value)) return [{ kind: 'object', object: value }];
  return listAt(value, 'items').flatMap((item) => objectsIn(item, part));
}

/** `v1 List`, and the typed lists that the API server answers with. */
function isList(value: unknown): boolean {
  return /List$/.test(textAt(value, 'kind') ?? '') && Array.isArray(at(value, 'items'));
}

function invalid({ text, linesBefore }: Part, message: string): ManifestDocument['content'] {
  const blank = /^(?:[ \t]*(?:#.*)?\r?\n)*/.exec(text)?.[0] ?? '';
  return { kind: 'invalid', line: linesBefore + countLines(blank) + 1, column: 1, message };
}
