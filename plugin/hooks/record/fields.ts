import { isDeepStrictEqual } from 'node:util';
import { at, isObject } from '../../../shared/index.ts';

/** A field of an object that a step touches; `before` or `after` left out: there is no such field. */
export interface FieldChange {
  /** Keys from the top; lists are one field. */
  readonly path: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What the API server keeps for itself. */
const NOT_OURS: readonly (readonly string[])[] = [
  ['metadata', 'managedFields'],
  ['metadata', 'resourceVersion'],
  ['metadata', 'generation'],
];

/** The fields in which an object differs after a step, each as short a path as tells it. */
export function changesBetween(before: unknown, after: unknown, path: readonly string[] = []): readonly FieldChange[] {
  if (isDeepStrictEqual(before, after) || NOT_OURS.some((one) => isDeepStrictEqual(one, path))) return [];
  if (!isObject(before) || !isObject(after))
    return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => changesBetween(at(before, key), at(after, key), [...path, key]));
}

/** An operation of a JSON patch (RFC 6902). */
export interface JsonOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

/** How changes are taken back on an object as it is now. */
export interface TakingBack {
  /** Empty: everything is as it was before. */
  readonly operations: readonly JsonOperation[];
  /** Fields that somebody else has changed since: they stay as they are. */
  readonly left: readonly string[];
}

/**
 * Takes changes back, and nothing else: what others have added to the same maps and lists stays, and so does a field that
 * is neither as it was before nor as it was left.
 */
export function takingBack(current: unknown, changes: readonly FieldChange[]): TakingBack {
  const operations: JsonOperation[] = [];
  const left: string[] = [];
  for (const change of changes) {
    const now = at(current, ...change.path);
    const value = takenBack(now, change);
    const pointer = pointerOf(change.path);
    if (value === KEPT) left.push(change.path.join('.'));
    else if (!isDeepStrictEqual(value, now)) operations.push(operationTo(pointer, value));
  }
  return { operations, left };
}

/** Whether an object is in every field as a step leaves it. */
export function isAsLeft(current: unknown, changes: readonly FieldChange[]): boolean {
  return changes.every(({ path, after }) => isDeepStrictEqual(at(current, ...path), after));
}

/** Somebody else has changed it: it stays. */
const KEPT = Symbol('kept');

function takenBack(now: unknown, { before, after }: Omit<FieldChange, 'path'>): unknown {
  if (isDeepStrictEqual(now, before)) return now;
  if (isDeepStrictEqual(now, after)) return before;
  if (isMapOrNone(before) && isMapOrNone(after) && isObject(now)) return mapTakenBack(now, before, after);
  if (isListOrNone(before) && isListOrNone(after) && Array.isArray(now)) return listTakenBack(now, before, after);
  return KEPT;
}

type Fields = Readonly<Record<string, unknown>>;

function mapTakenBack(now: Fields, before: Fields | undefined, after: Fields | undefined): unknown {
  const keys = [...new Set([...Object.keys(now), ...Object.keys(before ?? {})])];
  const entries = keys.flatMap((key) => {
    const mine = at(now, key);
    const value = takenBack(mine, { before: at(before, key), after: at(after, key) });
    const chosen = value === KEPT ? mine : value;
    return chosen === undefined ? [] : [[key, chosen] as const];
  });
  return entries.length === 0 && before === undefined ? undefined : Object.fromEntries(entries);
}

function listTakenBack(now: readonly unknown[], before: readonly unknown[] = [], after: readonly unknown[] = []) {
  const without = (all: readonly unknown[], gone: readonly unknown[]): readonly unknown[] =>
    all.filter((one) => !gone.some((other) => isDeepStrictEqual(one, other)));
  const [added, removed] = [without(after, before), without(before, after)];
  const kept = without(now, added);
  const rest = [...kept, ...without(removed, kept)];
  return rest.length === 0 && before.length === 0 ? undefined : rest;
}

function isMapOrNone(value: unknown): value is Fields | undefined {
  return value === undefined || isObject(value);
}

function isListOrNone(value: unknown): value is readonly unknown[] | undefined {
  return value === undefined || Array.isArray(value);
}

/** `add` puts a value in the place of another as well. */
function operationTo(path: string, value: unknown): JsonOperation {
  return value === undefined ? { op: 'remove', path } : { op: 'add', path, value };
}

/** A JSON pointer (RFC 6901). */
function pointerOf(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
