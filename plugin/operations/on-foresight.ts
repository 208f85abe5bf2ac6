import { MaintError } from '../../shared/index.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import type { OnOperation } from '../operation.ts';
import type { Finding } from '../preflight/finding.ts';
import { checkGuards } from '../preflight/checks/guards.ts';
import { readSurvey } from '../preflight/read.ts';
import type { Survey } from '../preflight/survey.ts';
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
  const isBroken = checkGuards(survey).length > 0;
  return { preparation, survey: isBroken ? { ...survey, nodes: await view.nodesNow() } : survey };
}

/** All reasons to refuse as one failure: `cluster` where only rights are missing, else `denied`. */
export function refusedFor(refusals: readonly Finding[]): MaintError {
  const code = refusals.every(({ check }) => check === 'rights') ? 'cluster' : 'denied';
  return new MaintError(code, refusals.map(({ text }) => text).join('\n       '), { hint: 'nothing was changed' });
}
