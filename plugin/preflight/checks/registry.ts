import type { Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';
import { checkActiveWork } from './active-work.ts';
import { checkBudgets } from './budgets.ts';
import { checkDowntime } from './downtime.ts';
import { checkEnforcement } from './enforcement.ts';
import { checkFilters } from './filters.ts';
import { checkGuards } from './guards.ts';
import { checkReturning } from './returning.ts';
import { checkRights } from './rights.ts';
import { checkRoom } from './room.ts';
import { checkUnreachable } from './unreachable.ts';

/** Every check, in the order in which findings are told. A new check is one file and one line here. */
const CHECKS: readonly ((survey: Survey) => readonly Finding[])[] = [
  checkFilters,
  checkGuards,
  checkRights,
  checkUnreachable,
  checkBudgets,
  checkDowntime,
  checkRoom,
  checkReturning,
  checkActiveWork,
  checkEnforcement,
];

/** All findings of all checks: refusals first, each told once. Pure; reads and writes nothing. */
export function findingsOf(survey: Survey): readonly Finding[] {
  const findings = CHECKS.flatMap((check) => check(survey));
  const unique = [...new Map(findings.map((finding) => [`${finding.severity} ${finding.text}`, finding])).values()];
  return unique.sort((a, b) => Number(b.severity === 'refuse') - Number(a.severity === 'refuse'));
}
