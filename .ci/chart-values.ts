import { isCollection, isMap, isScalar, parse, parseDocument, type Pair, type YAMLMap } from 'yaml';
import { isObject } from '../shared/index.ts';

/** JSON Schema of a value. */
export type Schema = Readonly<Record<string, unknown>>;

/** A value of the chart: its name with dots, its default as it stands in values.yaml, and what its comment says. */
export type ValueRow = readonly [name: string, initial: string, meaning: string];

/** What only a chart of which this one is a part says: the condition under which it takes this one. It is no value of ours. */
export const OF_A_PARENT: Readonly<Record<string, Schema>> = { enabled: { type: 'boolean' } };

/** Every value with its comment. A map with a comment is one value; one without is a group of them. */
export function valueRows(text: string): readonly ValueRow[] {
  return rowsOf(mapOf(text), '');
}

/**
 * What the values may be: each of the type of its default, and as the line `# @schema {…}` of its comment says beside
 * that. `read` is what the code says of values that the webhook reads, by name.
 */
export function valuesSchema(text: string, read: Readonly<Record<string, Schema>>): Schema {
  const { properties, ...group } = groupSchema(mapOf(text));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Values of the chart kubectl-maint',
    ...group,
    properties: {
      ...properties,
      ...OF_A_PARENT,
      // A chart of which this one is a part hands down what it has for others, too.
      global: { ...properties['global'], additionalProperties: true },
      ...read,
    },
  };
}

function mapOf(text: string): YAMLMap {
  const { contents } = parseDocument(text);
  if (!isMap(contents)) throw new Error('values.yaml is no map');
  return contents;
}

function rowsOf(map: YAMLMap, prefix: string): readonly ValueRow[] {
  return map.items.flatMap((pair, index) => {
    const name = `${prefix}${nameOf(pair)}`;
    const { meaning } = commentOf(pair, index === 0 ? map : undefined);
    if (meaning !== '') return [[`\`${name}\``, `\`${JSON.stringify(initialOf(pair.value))}\``, meaning] as const];
    if (isMap(pair.value)) return rowsOf(pair.value, `${name}.`);
    throw new Error(`values.yaml: nothing says what ${name} is`);
  });
}

function groupSchema(map: YAMLMap): Schema & { readonly properties: Readonly<Record<string, Schema>> } {
  const properties = map.items.map((pair, index) => {
    const comment = commentOf(pair, index === 0 ? map : undefined);
    const own = isMap(pair.value) && comment.meaning === '' ? groupSchema(pair.value) : typeOf(pair.value);
    // An enumeration has its type already.
    const type = 'enum' in comment.schema ? {} : own;
    return [nameOf(pair), { ...type, ...comment.schema }] as const;
  });
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries<Schema>(properties) };
}

/** Maps and lists are of texts unless the comment says otherwise. */
function typeOf(value: unknown): Schema {
  const initial = initialOf(value);
  if (Array.isArray(initial)) return { type: 'array', items: { type: 'string' } };
  if (typeof initial === 'object') return { type: 'object', additionalProperties: { type: 'string' } };
  return { type: Number.isInteger(initial) ? 'integer' : typeof initial };
}

function nameOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

const ANNOTATION = /^\s*@schema (.*)$/m;

/** What a comment says to people, and what to the schema. */
interface Comment {
  readonly meaning: string;
  readonly schema: Schema;
}

/** The comment before the first entry of a map is the map's. */
function commentOf({ key }: Pair, mapOfFirst: YAMLMap | undefined): Comment {
  const own = isScalar(key) ? key.commentBefore : undefined;
  const comment = own ?? mapOfFirst?.commentBefore ?? '';
  const schema: unknown = parse(ANNOTATION.exec(comment)?.[1] ?? '{}');
  return { meaning: comment.replace(ANNOTATION, '').trim(), schema: isObject(schema) ? schema : {} };
}

function initialOf(value: unknown): unknown {
  return isScalar(value) ? value.value : isCollection(value) ? value.toJSON() : value;
}
