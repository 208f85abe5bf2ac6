import type { Claim, PodFacts } from '../../shared/index.ts';
import { evictionRequest, outcomeOf } from '../drain/eviction.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { markPatch } from '../nodes/mark.ts';
import { writeNode } from '../nodes/write.ts';
import type { OnOperation } from '../operation.ts';
import { renderPlan } from '../output/on-words.ts';
import type { Session } from '../session.ts';
import type { Prepared } from './prepared.ts';

/** Prints what a run would do. `client` sends nothing; `server` lets the API server judge each step once, and ends. */
export async function dryRunOn(
  prepared: readonly Prepared[],
  claim: Claim,
  operation: OnOperation,
  session: Session,
): Promise<ExitCode> {
  let worst: ExitCode = EXIT.done;
  for (const one of prepared) {
    if (operation.dryRun === 'server') worst = (await onServer(one, claim, operation, session)) ? worst : EXIT.cluster;
    else renderPlan(one.node.facts, one.plan, '(dry run)', session.screen);
  }
  return worst;
}

/** False where the API server refuses a pod for good. */
async function onServer(
  { node, plan }: Prepared,
  claim: Claim,
  operation: OnOperation,
  session: Session,
): Promise<boolean> {
  const { cluster, screen } = session;
  const { name, unschedulable } = node.facts;
  await writeNode(
    node,
    (fresh) => markPatch(fresh, claim, { protect: operation.protect, state: 'initiated' }),
    cluster,
    {
      dryRun: true,
    },
  );
  screen.result(`node/${name} ${unschedulable ? 'already cordoned' : 'cordoned'} (server dry run)`);
  if (plan === undefined) return true;
  for (const text of plan.warnings) screen.warn(text);
  let allowed = true;
  for (const pod of plan.evict) allowed = (await judgeOnServer(pod, operation, session)) && allowed;
  return allowed;
}

async function judgeOnServer(pod: PodFacts, { drain }: OnOperation, { cluster, screen }: Session): Promise<boolean> {
  const request = evictionRequest(pod, { gracePeriodSeconds: drain.gracePeriodSeconds, dryRun: true });
  const outcome = outcomeOf(await cluster.send(request));
  const refused = outcome.outcome === 'refused';
  if ('why' in outcome)
    screen.note(
      `pod/${pod.name} (namespace ${pod.namespace}) would ${refused ? 'be refused' : 'wait'}: ${outcome.why}`,
    );
  else screen.result(`pod/${pod.name} evicted (namespace ${pod.namespace}) (server dry run)`);
  return !refused;
}
