import { JSONPath } from 'jsonpath-plus';
import { fieldsAt, listAt, numberAt, textAt } from '../../shared/index.ts';
import type { Condition } from './expectation.ts';

/** Why an object (undefined: there is none) is not as it is expected; undefined where it is. As kubectl wait (1.37) decides. */
export function whyNotMet(object: unknown, condition: Condition): string | undefined {
  if (condition.kind === 'delete') return object === undefined ? undefined : 'is still there';
  if (object === undefined) return 'does not exist';
  return condition.kind === 'condition' ? whyNotInCondition(object, condition) : whyNotAt(object, condition);
}

/** A status that was observed before the last change of the object says nothing of it. */
function whyNotInCondition(
  object: unknown,
  { type, status }: Extract<Condition, { readonly kind: 'condition' }>,
): string | undefined {
  const found = listAt(object, 'status', 'conditions').find((one) => isAlike(textAt(one, 'type'), type));
  const now = textAt(found, 'status');
  if (now === undefined) return `has no condition ${type}`;
  const generation = numberAt(object, 'metadata', 'generation');
  const observed = numberAt(found, 'observedGeneration') ?? numberAt(object, 'status', 'observedGeneration');
  if (generation !== undefined && observed !== undefined && observed < generation)
    return `its condition ${type} is from before its last change`;
  return isAlike(now, status) ? undefined : `its condition ${type} is ${now}`;
}

function isAlike(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}

function whyNotAt(
  object: unknown,
  { path, value }: Extract<Condition, { readonly kind: 'jsonpath' }>,
): string | undefined {
  const found: unknown = JSONPath({ path, json: fieldsAt(object), eval: 'safe', wrap: true });
  const values: readonly unknown[] = Array.isArray(found) ? found : [];
  const [first, ...more] = values;
  if (values.length === 0) return 'has no such field';
  if (more.length > 0) return `has ${values.length} such fields, and one is wanted`;
  if (value === undefined) return undefined;
  if (!isPlain(first)) return 'has no plain value there';
  const now = String(first).trim();
  return now === value ? undefined : `has "${now}" there`;
}

function isPlain(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
