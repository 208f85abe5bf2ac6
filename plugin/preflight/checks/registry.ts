import type { Check, Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';
import { activeWork } from './active-work.ts';
import { budgets } from './budgets.ts';
import { data } from './data.ts';
import { databases } from './databases.ts';
import { downtime } from './downtime.ts';
import { enforcement } from './enforcement.ts';
import { expiry } from './expiry.ts';
import { filters } from './filters.ts';
import { guards } from './guards.ts';
import { operators } from './operators.ts';
import { returning } from './returning.ts';
import { rights } from './rights.ts';
import { room } from './room.ts';
import { unreachable } from './unreachable.ts';

/** Every check, in the order in which findings are told. A new check is one file and one line here. */
export const CHECKS: readonly Check[] = [
  filters,
  guards,
  data,
  rights,
  unreachable,
  expiry,
  budgets,
  databases,
  downtime,
  room,
  returning,
  operators,
  activeWork,
  enforcement,
];

/** All findings of all checks: refusals first, each told once. Pure; reads and writes nothing. */
export function findingsOf(survey: Survey): readonly Finding[] {
  const findings = CHECKS.flatMap(({ find }) => find(survey));
  const unique = [...new Map(findings.map((finding) => [`${finding.severity} ${finding.text}`, finding])).values()];
  return unique.sort((a, b) => Number(b.severity === 'refuse') - Number(a.severity === 'refuse'));
}
