import { MaintError } from '../../../shared/index.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { OnOperation } from './flags.ts';
import type { Finding } from '../../preflight/finding.ts';
import { guards } from '../../preflight/checks/guards.ts';
import { readSurvey } from '../../preflight/read.ts';
import type { Survey } from '../../preflight/survey.ts';
import type { OnRun } from './on-run.ts';
import { prepare, type Looking, type Preparation } from './prepared.ts';

/** What taking nodes into maintenance comes to, before anything is written. */
export interface Foresight {
  readonly preparation: Preparation;
  readonly survey: Survey;
}

/** Plans the drain of each node and reads what the checks look at. What is followed ends with the session's signal. */
export async function lookAhead(
  nodes: readonly NodeSnapshot[],
  operation: OnOperation,
  { session, view, note }: Looking,
): Promise<Foresight> {
  const preparation = await prepare(nodes, operation, { session, view, note });
  const { prepared, budgets, inside, inForce } = preparation;
  const plans = prepared.flatMap(({ drain }) => (drain === undefined ? [] : [drain.plan]));
  const chosen = nodes.map(({ facts }) => facts);
  const { cluster } = session;
  const survey = await readSurvey({ operation, chosen, plans, budgets, inside, inForce, nodes: view.nodes(), cluster });
  // A watch that is behind may not have seen that the last node is back.
  const isBroken = guards.find(survey).length > 0;
  return { preparation, survey: isBroken ? { ...survey, nodes: await view.nodesNow() } : survey };
}

/** Everything that speaks against it at once; nothing is changed when one of it refuses. Throws MaintError. */
export function refuseOrWarn(
  findings: readonly Finding[],
  { report, operation }: Pick<OnRun, 'report' | 'operation'>,
  hint?: string,
): void {
  const refusals = findings.filter(({ severity }) => severity === 'refuse');
  for (const finding of refusals.length === 0 ? findings : refusals) report.tell({ type: 'finding', ...finding });
  if (refusals.length > 0) throw refusedFor(refusals, operation, hint);
}

/** Whether all names are told where a line names the first of many: from -v=1 on. */
export function wantsAllNames({ cluster }: Pick<OnOperation, 'cluster'>): boolean {
  return (cluster.logLevel ?? 0) > 0;
}

/** All reasons to refuse as one failure: `cluster` where only rights are missing, else `denied`. */
export function refusedFor(
  refusals: readonly Finding[],
  operation: Pick<OnOperation, 'cluster'>,
  hint = 'nothing was changed',
): MaintError {
  const code = refusals.every(({ check }) => check === 'rights') ? 'cluster' : 'denied';
  const lines = refusals.flatMap(({ text, pods = [], nodes = [] }) => {
    const names = wantsAllNames(operation) ? [nodes, pods].filter((some) => some.length > 0) : [];
    return [text, ...names.map((some) => `  ${some.join(', ')}`)];
  });
  return new MaintError(code, lines.join('\n       '), { hint });
}
