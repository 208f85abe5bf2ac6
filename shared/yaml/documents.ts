import { constructFromEvents, EVENT_ID, parseEvents, YAMLException, type Event } from 'js-yaml';
import { duplicateKeys } from './duplicates.ts';
import { jsonValues } from './json-stream.ts';
import { KUBECTL_SCHEMA } from './schema.ts';

/** A document of a text. Lines and columns count from 1. */
export type YamlDocument =
  | {
      readonly kind: 'value';
      readonly line: number;
      readonly value: unknown;
      readonly remarks: readonly YamlRemark[];
    }
  | { readonly kind: 'invalid'; readonly line: number; readonly column: number; readonly message: string };

/** What kubectl passes over in silence and people have to know. */
export interface YamlRemark {
  readonly reason: 'DuplicateKey' | 'NotRead';
  readonly line: number;
  readonly message: string;
}

/** Deepest nesting; go-yaml takes 10,000, and a program's stack ends before that. */
const MAX_DEPTH = 1000;

/**
 * Most aliases in a document, and most values once they are expanded: so a small file cannot become a huge object ("billion
 * laughs"). A large Deployment has some hundred values.
 */
const MAX_ALIASES = 1000;
const MAX_EXPANDED = 1_000_000;

/**
 * The documents of a manifest or a configuration as kubectl reads them: YAML 1.1 with merge keys, of equal keys the last, JSON
 * values one behind the other. A document that cannot be read leaves the others readable.
 */
export function* documentsIn(text: string): Iterable<YamlDocument> {
  for (const part of partsOf(text)) yield* documentsOf(part);
}

interface Part {
  readonly text: string;
  /** Lines before this part. */
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

/** What nearly every document has: a line that begins with what is no mark, directive or comment. */
const CONTENT = /^[ \t]*[\w"'{[]/m;

/** Nothing but comments, directives, marks and white space. */
function isBlank(text: string): boolean {
  if (CONTENT.test(text)) return false;
  return !/^[ \t]*[^\s#%]/m.test(text.replace(/^---/, '').replaceAll(/^\.\.\.[ \t]*$/gm, ''));
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

function documentsOf(part: Part): readonly YamlDocument[] {
  const body = part.text.replace(/^---/, '   ');
  const values = /^\s*\{/.test(body) ? jsonValues(body) : undefined;
  if (values === undefined) return [fromYaml(part)];
  return values.map((one) =>
    'problem' in one
      ? { kind: 'invalid', ...placeIn(part, one.offset), message: one.problem }
      : { kind: 'value', line: placeIn(part, one.offset).line, value: one.value, remarks: [] },
  );
}

/** YAML's mark of an end: what follows it without the mark of a new document, kubectl does not read. */
const END = /^\.\.\.(?=[ \t\r\n]|$).*\n?/m;

function fromYaml(part: Part): YamlDocument {
  const end = END.exec(part.text);
  const text = part.text.slice(0, end?.index);
  try {
    return { kind: 'value', line: firstLine(part), ...valueOf({ ...part, text }, restAfter(part, end)) };
  } catch (thrown) {
    if (!(thrown instanceof YAMLException)) throw thrown;
    return { kind: 'invalid', ...placeIn(part, thrown.mark?.position ?? 0), message: thrown.reason };
  }
}

function restAfter(part: Part, end: RegExpExecArray | null): readonly YamlRemark[] {
  if (end === null) return [];
  const from = end.index + end[0].length;
  const rest = part.text.slice(from);
  if (isBlank(rest)) return [];
  const { line } = placeIn(part, from);
  return [{ reason: 'NotRead', line, message: 'kubectl does not read what stands after "...": begin it with "---"' }];
}

function valueOf(part: Part, remarks: readonly YamlRemark[]): { value: unknown; remarks: readonly YamlRemark[] } {
  const events = parseEvents(part.text, { maxDepth: MAX_DEPTH });
  const options = { source: part.text, schema: KUBECTL_SCHEMA, json: true, maxAliases: MAX_ALIASES };
  const [value] = constructFromEvents(events, options);
  if (events.some(({ type }) => type === EVENT_ID.ALIAS)) refuseExpansion(value);
  return { value, remarks: [...duplicatesIn(part, events), ...remarks] };
}

function duplicatesIn(part: Part, events: readonly Event[]): readonly YamlRemark[] {
  return duplicateKeys(events, part.text).map(({ key, offset }) => {
    const { line } = placeIn(part, offset);
    return { reason: 'DuplicateKey', line, message: `"${key}" stands twice in its mapping: the last one counts` };
  });
}

/** Throws YAMLException where aliases repeat more than anybody would write, or themselves. */
function refuseExpansion(value: unknown): void {
  const open: unknown[] = [value];
  for (let seen = 0; open.length > 0; seen += 1) {
    if (seen > MAX_EXPANDED) throw new YAMLException(`aliases expand to more than ${MAX_EXPANDED} values`);
    const one = open.pop();
    for (const inside of valuesIn(one)) open.push(inside);
  }
}

function valuesIn(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

/** The line of the first word. */
function firstLine(part: Part): number {
  const blank = /^(?:[ \t]*(?:#.*)?\r?\n)*/.exec(part.text)?.[0] ?? '';
  return part.linesBefore + countLines(blank) + 1;
}

function placeIn({ text, linesBefore }: Part, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: linesBefore + countLines(before) + 1, column: offset - before.lastIndexOf('\n') };
}
