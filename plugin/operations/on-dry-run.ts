import type { Claim, PodFacts } from '../../shared/index.ts';
import { evictionRequest, outcomeOf } from '../drain/eviction.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { markPatch } from '../nodes/mark.ts';
import { writeNode } from '../nodes/write.ts';
import type { OnOperation } from '../operation.ts';
import type { Session } from '../session.ts';
import type { Prepared } from './prepared.ts';

/** Prints what a run would do. `client` sends nothing; `server` lets the API server judge each step once, and ends. */
export async function dryRunOn(
  prepared: readonly Prepared[],
  claim: Claim,
  operation: OnOperation,
  session: Session,
): Promise<ExitCode> {
  for (const one of prepared) {
    if (operation.dryRun === 'server') await onServer(one, claim, operation, session);
    else onClient(one, session);
  }
  return EXIT.done;
}

function onClient({ node, plan }: Prepared, { screen }: Session): void {
  const { name, unschedulable } = node.facts;
  screen.result(`node/${name} ${unschedulable ? 'already cordoned' : 'cordoned'} (dry run)`);
  if (plan === undefined) return;
  for (const text of plan.warnings) screen.warn(text);
  for (const pod of plan.evict) screen.result(`pod/${pod.name} evicted (namespace ${pod.namespace}) (dry run)`);
  screen.result(`node/${name} drained (dry run)`);
}

async function onServer(
  { node, plan }: Prepared,
  claim: Claim,
  operation: OnOperation,
  session: Session,
): Promise<void> {
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
  if (plan === undefined) return;
  for (const text of plan.warnings) screen.warn(text);
  for (const pod of plan.evict) await judgeOnServer(pod, operation, session);
}

async function judgeOnServer(pod: PodFacts, { drain }: OnOperation, { cluster, screen }: Session): Promise<void> {
  const request = evictionRequest(pod, { gracePeriodSeconds: drain.gracePeriodSeconds, dryRun: true });
  const outcome = outcomeOf(await cluster.send(request));
  if ('why' in outcome) screen.note(`pod/${pod.name} (namespace ${pod.namespace}) would wait: ${outcome.why}`);
  else screen.result(`pod/${pod.name} evicted (namespace ${pod.namespace}) (server dry run)`);
}
