import { exceptionLabel } from '../labels.ts';
import { hasException } from '../record/exceptions.ts';
import type { MaintenanceRecord } from '../record/record.ts';
import { isRuleId, RULES, ruleWithId, type RuleId } from './registry.ts';

/** Rules that an exception can lift. Not `node-guard`: who guards the record is not for the record to say. */
export const LIFTABLE_RULES: readonly RuleId[] = RULES.filter(({ liftable }) => liftable).map(({ id }) => id);

/** Rules whose exceptions are mirrored as labels of the Node: those that policies in the API server enforce as well. */
export const MIRRORED_RULES: readonly ('backup' | 'scan')[] = RULES.flatMap(({ work }) => work ?? []);

/** Whether an exception takes this rule off the node at this moment (milliseconds since the epoch). */
export function isExcepted(record: MaintenanceRecord, rule: string, now: number): boolean {
  return isRuleId(rule) && ruleWithId(rule).liftable && hasException(record, rule, now);
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
