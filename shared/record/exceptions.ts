import { exceptionLabel } from '../labels.ts';
import type { Exception, MaintenanceRecord } from './record.ts';

/** Rules that an exception can lift. Not `node-guard`: who guards the record is not for the record to say. */
export const LIFTABLE_RULES = ['addon', 'backup', 'placement', 'scan'] as const;

/** A rule that an exception can lift. */
export type LiftableRule = (typeof LIFTABLE_RULES)[number];

/** Rules whose exceptions are mirrored as labels of the Node: those that policies in the API server enforce as well. */
export const MIRRORED_RULES = ['backup', 'scan'] as const satisfies readonly LiftableRule[];

/** Exceptions that apply at this moment (milliseconds since the epoch). */
export function activeExceptions(record: MaintenanceRecord, now: number): readonly Exception[] {
  return record.exceptions.filter((exception) => Date.parse(exception.until) > now);
}

/** Whether an exception takes this rule off the node at this moment (milliseconds since the epoch). */
export function isExcepted(record: MaintenanceRecord, rule: string, now: number): boolean {
  const isLiftable = LIFTABLE_RULES.some((liftable) => liftable === rule);
  return isLiftable && activeExceptions(record, now).some((exception) => exception.rules.includes(rule));
}

/** The record with an exception; of a rule that had one already the new one counts, whichever ends first. */
export function withException(record: MaintenanceRecord, exception: Exception): MaintenanceRecord {
  const { exceptions } = withoutExceptions(record, exception.rules);
  return { ...record, exceptions: [...exceptions, exception] };
}

/** The record without the exceptions from some rules, whoever made them. */
export function withoutExceptions(record: MaintenanceRecord, rules: readonly string[]): MaintenanceRecord {
  const exceptions = record.exceptions
    .map((exception) => ({ ...exception, rules: exception.rules.filter((rule) => !rules.includes(rule)) }))
    .filter(({ rules: left }) => left.length > 0);
  return { ...record, exceptions };
}

/** The record without the exceptions that are over at this moment (milliseconds since the epoch). */
export function withoutPastExceptions(record: MaintenanceRecord, now: number): MaintenanceRecord {
  return { ...record, exceptions: [...activeExceptions(record, now)] };
}

/**
 * The labels by which a Node mirrors the exceptions of its record, as a merge patch takes them: `true` for each mirrored
 * rule that is excepted now, null for a label that it carries (`carried`) and should not. Without a record it carries none.
 */
export function exceptionLabels(
  record: MaintenanceRecord | undefined,
  now: number,
  carried: ReadonlyMap<string, string>,
): Record<string, 'true' | null> {
  const labels: Record<string, 'true' | null> = {};
  for (const rule of MIRRORED_RULES) {
    const label = exceptionLabel(rule);
    if (record !== undefined && isExcepted(record, rule, now)) labels[label] = 'true';
    else if (carried.has(label)) labels[label] = null;
  }
  return labels;
}
