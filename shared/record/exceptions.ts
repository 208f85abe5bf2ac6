import type { Exception, MaintenanceRecord } from './record.ts';

/** Exceptions that apply at this moment (milliseconds since the epoch). */
export function activeExceptions(record: MaintenanceRecord, now: number): readonly Exception[] {
  return record.exceptions.filter((exception) => Date.parse(exception.until) > now);
}

/** Whether an exception names this rule at this moment (milliseconds since the epoch); whether it may is for the policy to say. */
export function hasException(record: MaintenanceRecord, rule: string, now: number): boolean {
  return activeExceptions(record, now).some((exception) => exception.rules.includes(rule));
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
