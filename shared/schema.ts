import * as z from 'zod/mini';
import { at } from './facts/json.ts';
import { clean } from './words.ts';
import type { Problem } from './problem.ts';

/** Longest value that a problem repeats, in characters: a line of a terminal. */
const MAX_ECHO = 80;

/** An object without other keys than these; the problem with an unknown one names those that are known. */
export function strict<Shape extends z.core.$ZodShape>(shape: Shape) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `is not known here; known are ${known}` : undefined),
  });
}

/** What a schema says of a value, with the parts of it that are wrong; `root` is where the value itself stands. */
export function problemsFromIssue(issue: z.core.$ZodIssue, value: unknown, root: string): readonly Problem[] {
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys : undefined;
  const paths = unknown?.map((key) => [...issue.path, key]) ?? [issue.path];
  return paths.map((path) => ({
    path: path.reduce<string>(joinStep, root),
    value: echo(at(value, ...path.map(String))),
    message: clean(messageOf(issue), MAX_MESSAGE),
  }));
}

/** Longest message, in characters: a list of some thirty keys or words. */
const MAX_MESSAGE = 400;

/** A value as JSON, printable and cut to a line. */
export function echo(value: unknown): string {
  return value === undefined ? 'nothing' : clean(JSON.stringify(value), MAX_ECHO);
}

/** A path with one more key: `rules.backup`, `tools[0]`. */
export function joinStep(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`;
  const name = clean(String(key), MAX_ECHO);
  return path === '' ? name : `${path}.${name}`;
}

/** The small build of the schema library has no words of its own: it says `Invalid input` of every type and value. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `must be ${TYPES.get(issue.expected) ?? `of type ${issue.expected}`}`;
  if (issue.code === 'invalid_value') return `must be ${issue.values.map(String).join(' or ')}`;
  return issue.code === 'invalid_union' ? 'has none of the known forms' : issue.message;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['object', 'a mapping'],
  ['record', 'a mapping'],
  ['array', 'a list'],
  ['string', 'text'],
]);
