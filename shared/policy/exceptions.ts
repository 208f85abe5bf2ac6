import { hasException } from '../record/exceptions.ts';
import type { MaintenanceRecord } from '../record/record.ts';
import { isRuleId, RULES, ruleWithId, type RuleId } from './registry.ts';

/** Rules that an exception can lift. Not `node-guard`: who guards the record is not for the record to say. */
export const LIFTABLE_RULES: readonly RuleId[] = RULES.filter(({ liftable }) => liftable).map(({ id }) => id);

/** Rules about a kind of work, which policies in the API server enforce as well (docs/floor.md). */
export const FLOOR_RULES: readonly ('backup' | 'scan')[] = RULES.flatMap(({ work }) => work ?? []);

/** Whether an exception takes this rule off the node at this moment (milliseconds since the epoch). */
export function isExcepted(record: MaintenanceRecord, rule: string, now: number): boolean {
  return isRuleId(rule) && ruleWithId(rule).liftable && hasException(record, rule, now);
}
