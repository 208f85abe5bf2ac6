/** What data systems are asked, as their own schemas have it: a healthy cluster for each, of which cases change one thing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { pickerOf } from '../../plugin/preflight/data/read.ts';
import type { DataKind, DataObjects, DataSystem } from '../../plugin/preflight/data/system.ts';
import { fieldsAt, isObject, stringMapAt, textAt } from '../../shared/index.ts';

/** What differs from the healthy cluster, by `Kind/namespace/name` (or `Kind/name`): fields, or that it is not there. */
export type Changes = Readonly<Record<string, object | 'gone'>>;

/** The objects of a system's fixture, with changes. Throws an Error where a change is about none of them. */
export function dataObjects(system: DataSystem, changes: Changes = {}): readonly unknown[] {
  const text = readFileSync(join(import.meta.dirname, '../fixtures/data', system.name, 'healthy.yaml'), 'utf8');
  const objects = parseAllDocuments(text).map((document): unknown => {
    const object: unknown = document.toJS();
    return object;
  });
  const missing = Object.keys(changes).filter((key) => !objects.some((object) => keyOf(object) === key));
  if (missing.length > 0) throw new Error(`${system.name} has no ${missing.join(', ')}`);
  return objects.flatMap((object) => {
    const change = changes[keyOf(object)];
    return change === 'gone' ? [] : [change === undefined ? object : merged(object, change)];
  });
}

/** What the plugin would keep of some objects, by the system's kinds. */
export function answersOf(system: DataSystem, objects: readonly unknown[]): DataObjects {
  return Object.fromEntries(
    Object.entries(system.kinds).map(([key, kind]) => [
      key,
      objects.filter((object) => isOf(kind, object)).map(pickerOf(kind.fields)),
    ]),
  );
}

function keyOf(object: unknown): string {
  const parts = [textAt(object, 'kind'), textAt(object, 'metadata', 'namespace'), textAt(object, 'metadata', 'name')];
  return parts.filter((part) => part !== undefined).join('/');
}

/** As a JSON merge patch does it. */
function merged(object: unknown, change: unknown): unknown {
  if (!isObject(change)) return change;
  const own = fieldsAt(object);
  return {
    ...own,
    ...Object.fromEntries(Object.entries(change).map(([key, value]) => [key, merged(own[key], value)])),
  };
}

function isOf({ group, versions, plural, name, labels = '' }: DataKind, object: unknown): boolean {
  const own = stringMapAt(object, 'metadata', 'labels');
  const isSelected = labels.split(',').every((term) => {
    const [key = '', value] = term.split('=');
    return key === '' || (value === undefined ? own.has(key) : own.get(key) === value);
  });
  const isVersion = versions.some((one) => textAt(object, 'apiVersion') === (group === '' ? one : `${group}/${one}`));
  const isNamed = name === undefined || textAt(object, 'metadata', 'name') === name;
  return isVersion && pluralOf(textAt(object, 'kind') ?? '') === plural && isNamed && isSelected;
}

function pluralOf(kind: string): string {
  const word = kind.toLowerCase();
  if (word === 'resources') return word;
  return /(?:s|ch)$/.test(word) ? `${word}es` : `${word}s`;
}
