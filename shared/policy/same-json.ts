import { isObject } from '../facts/json.ts';

/** Whether two JSON values say the same; the order of keys does not count. Without recursion: depth is the caller's. */
export function sameJson(a: unknown, b: unknown): boolean {
  // What is left to compare, by twos: `a` and `b` of a pair stand one behind the other.
  const open: unknown[] = [a, b];
  while (open.length > 0) {
    const right = open.pop();
    const left = open.pop();
    if (left !== right && !opens(left, right, open)) return false;
  }
  return true;
}

/** Whether two values may still be the same: of one shape, with their parts put on the list to compare. */
function opens(a: unknown, b: unknown, open: unknown[]): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < a.length; index += 1) open.push(a[index], b[index]);
    return a.length === b.length;
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key)) return false;
    open.push(a[key], b[key]);
  }
  return true;
}
