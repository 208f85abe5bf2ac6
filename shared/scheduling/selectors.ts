import { at, isObject, listAt, stringMapAt, textAt } from '../facts/json.ts';
import { int64FromText } from './int64.ts';

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const;

/** How a requirement compares; `Gt` and `Lt` exist for nodes only. */
export type Operator = (typeof OPERATORS)[number];

/** One condition on labels; made by `requirementFrom`, which refuses what the scheduler would refuse. */
export interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  /** A set, because a hostile list of values may be megabytes long and is asked about for every node. */
  readonly values: ReadonlySet<string>;
}

/**
 * Every requirement must hold; an empty list selects everything. Undefined selects nothing: it stands for an absent
 * selector as well as for an invalid one.
 */
export type LabelSelector = readonly Requirement[] | undefined;

/** Length and form of a label value (apimachinery `IsValidLabelValue`); the length is checked first, so cheap. */
const LABEL_VALUE_LENGTH = 63;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/**
 * A requirement of `matchExpressions`, or undefined where it is invalid (apimachinery `labels.NewRequirement`): unknown
 * operator, `In`/`NotIn` without values, `Exists`/`DoesNotExist` with values, `Gt`/`Lt` without exactly one integer,
 * or a value that no label can have.
 */
export function requirementFrom(entry: unknown): Requirement | undefined {
  const key = textAt(entry, 'key') ?? '';
  const operator = OPERATORS.find((known) => known === at(entry, 'operator'));
  const values = listAt(entry, 'values');
  if (key === '' || operator === undefined || !hasRightCount(operator, values.length)) return undefined;
  const texts = values.filter(isLabelValue);
  if (texts.length < values.length) return undefined;
  if (isComparison(operator) && !texts.every((text) => int64FromText(text) !== undefined)) return undefined;
  return { key, operator, values: new Set(texts) };
}

/** The requirements of a list, or undefined as soon as one is invalid: requirements are ANDed, so one spoils all. */
export function requirementsFrom(entries: readonly unknown[]): readonly Requirement[] | undefined {
  const requirements = entries.map(requirementFrom).filter((requirement) => requirement !== undefined);
  return requirements.length === entries.length ? requirements : undefined;
}

/** Whether labels meet one requirement. `NotIn` and `DoesNotExist` hold where the label is absent; nothing else does. */
export function meets(requirement: Requirement, labels: ReadonlyMap<string, string>): boolean {
  const value = labels.get(requirement.key);
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.has(value);
    case 'NotIn':
      return value === undefined || !requirement.values.has(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt':
      return value !== undefined && isBeyond(value, requirement);
  }
}

/** Whether labels meet every requirement; no requirements are met by any labels. */
export function matchesLabels(requirements: readonly Requirement[], labels: ReadonlyMap<string, string>): boolean {
  return requirements.every((requirement) => meets(requirement, labels));
}

/**
 * A LabelSelector (`matchLabels` and `matchExpressions`) of a PodDisruptionBudget (policy/v1), a workload or a pod
 * affinity term. `{}` selects everything, null or absent selects nothing; all three kinds of object mean it so. Where
 * an absent selector means something else (webhook `namespaceSelector`: everything), the caller asks before calling.
 */
export function labelSelectorFrom(selector: unknown): LabelSelector {
  if (!isObject(selector)) return undefined;
  const equal = stringMapAt(selector, 'matchLabels');
  const expressions = requirementsFrom(listAt(selector, 'matchExpressions'));
  const hasOddEntries = equal.size < Object.keys(at(selector, 'matchLabels') ?? {}).length;
  if (expressions === undefined || hasOddEntries || expressions.some(({ operator }) => isComparison(operator))) {
    return undefined;
  }
  return [...[...equal].map(([key, value]) => equals(key, value)), ...expressions];
}

/** Whether a selector selects an object with these labels. */
export function selects(selector: LabelSelector, labels: ReadonlyMap<string, string>): boolean {
  return selector !== undefined && matchesLabels(selector, labels);
}

function equals(key: string, value: string): Requirement {
  return { key, operator: 'In', values: new Set([value]) };
}

function isComparison(operator: Operator): boolean {
  return operator === 'Gt' || operator === 'Lt';
}

function hasRightCount(operator: Operator, count: number): boolean {
  if (isComparison(operator)) return count === 1;
  return operator === 'In' || operator === 'NotIn' ? count > 0 : count === 0;
}

function isLabelValue(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LABEL_VALUE_LENGTH && LABEL_VALUE.test(value);
}

function isBeyond(value: string, requirement: Requirement): boolean {
  const [left, right] = [value, ...requirement.values].map(int64FromText);
  if (left === undefined || right === undefined) return false;
  return requirement.operator === 'Gt' ? left > right : left < right;
}

/** The selector as the API server takes it in a query; undefined where it selects nothing. */
export function renderSelector(selector: LabelSelector): string | undefined {
  return selector?.map(renderRequirement).join(',');
}

function renderRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'In':
    case 'NotIn':
      return `${key} ${operator.toLowerCase()} (${[...values].join(',')})`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'Gt':
    case 'Lt':
      return `${key}${operator === 'Gt' ? '>' : '<'}${[...values].join('')}`;
  }
}
