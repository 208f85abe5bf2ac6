import * as z from 'zod/mini';
import { at } from './facts/json.ts';
import { clean } from './policy/words.ts';
import type { Problem } from './problem.ts';

/** Longest value that a problem repeats, in characters: a line of a terminal. */
const MAX_ECHO = 80;

/** An object without other keys than these; a problem with unknown ones names those that are known. */
export function strict<Shape extends z.core.$ZodShape>(shape: Shape) {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `has unknown keys: ${issue.keys.join(', ')}; known are ${known}` : undefined,
  });
}

/** What a schema says of a value, with the part of the value that is wrong; `root` is where the value itself stands. */
export function problemFromIssue(issue: z.core.$ZodIssue, value: unknown, root: string): Problem {
  const steps = issue.path.map(String);
  return {
    path: issue.path.reduce<string>(joinStep, root),
    value: echo(at(value, ...steps)),
    message: clean(messageOf(issue), MAX_MESSAGE),
  };
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
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES.get(issue.expected) ?? `of type ${issue.expected}`}`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'invalid_union':
      return 'has none of the known forms';
    default:
      return issue.message;
  }
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['object', 'a mapping'],
  ['record', 'a mapping'],
  ['array', 'a list'],
  ['string', 'text'],
]);
