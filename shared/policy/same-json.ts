import { isObject } from '../facts/json.ts';

/** Whether two JSON values say the same; the order of keys does not count. Without recursion: depth is the caller's. */
export function sameJson(a: unknown, b: unknown): boolean {
  const open: Pair[] = [[a, b]];
  for (let pair = open.pop(); pair !== undefined; pair = open.pop()) {
    if (pair[0] !== pair[1] && !opens(pair, open)) return false;
  }
  return true;
}

type Pair = readonly [unknown, unknown];

/** Whether two values may still be the same: of one shape, with their parts put on the list to compare. */
function opens([a, b]: Pair, open: Pair[]): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    a.forEach((entry, index) => open.push([entry, b[index]]));
    return a.length === b.length;
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length || !keys.every((key) => Object.hasOwn(b, key))) return false;
  for (const key of keys) open.push([a[key], b[key]]);
  return true;
}
