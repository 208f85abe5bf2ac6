/**
 * Reading what came from outside. JSON of the API server, of a file or of a hostile caller is `unknown`;
 * these look into it without trusting its shape. Only own properties are seen, so that keys such as
 * `__proto__` and `constructor` are data like any other.
 */

/** The value at a path of own properties, or undefined as soon as a step is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (!isBag(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

function isBag(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The string at a path, or undefined where there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

/** The finite number at a path, or undefined where there is none. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

/** Whether exactly `true` stands at a path. */
export function isTrueAt(value: unknown, ...path: readonly string[]): boolean {
  return at(value, ...path) === true;
}

/** The list at a path; empty where there is none. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The strings of the list at a path; entries of other types are left out. */
export function textsAt(value: unknown, ...path: readonly string[]): readonly string[] {
  return listAt(value, ...path).filter((entry) => typeof entry === 'string');
}

/** Labels, annotations or selectors at a path as a Map; entries that are not strings are left out. */
export function stringMapAt(value: unknown, ...path: readonly string[]): ReadonlyMap<string, string> {
  const found = at(value, ...path);
  if (!isObject(found)) return NO_STRINGS;
  const map = new Map<string, string>();
  for (const key of Object.keys(found)) {
    const entry = found[key];
    if (typeof entry === 'string') map.set(key, entry);
  }
  return map;
}

/** Most objects leave most maps out. */
const NO_STRINGS: ReadonlyMap<string, string> = new Map();

/** The fields of the object at a path, to make another from; none where there is no object. */
export function fieldsAt(value: unknown, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  const found = at(value, ...path);
  return isObject(found) ? found : {};
}

/** Whether a value is a JSON object (not null, not a list). */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The condition of a type in an object's status, as Kubernetes lists them; undefined where there is none. */
export function conditionAt(object: unknown, type: string): unknown {
  return listAt(object, 'status', 'conditions').find((condition) => textAt(condition, 'type') === type);
}

/** An RFC 3339 time at a path in milliseconds since the epoch; undefined where there is none that can be read. */
export function timeAt(value: unknown, ...path: readonly string[]): number | undefined {
  const text = textAt(value, ...path);
  const time = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
