import { isDeepStrictEqual } from 'node:util';
import { at, isObject } from '../../shared/index.ts';

/** Whether a value is what a JSON merge patch makes of it (RFC 7386: null removes), so that the patch changes nothing more. */
export function isMerged(value: unknown, patch: unknown): boolean {
  if (patch === null) return value === undefined;
  if (!isObject(patch)) return isDeepStrictEqual(value, patch);
  return Object.entries(patch).every(([key, part]) => isMerged(at(value, key), part));
}
