import { createHash } from 'node:crypto';
import { at, isObject } from '../../../shared/index.ts';

/** Eight digits tell the versions of one step; its name tells it from the others. */
const DIGITS = 8;

/** A digest of any value of JSON, whatever the order of its keys. */
export function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
    .slice(0, DIGITS);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(at(value, key))]),
  );
}
