import type { PodFacts } from '../../shared/index.ts';
import { budgetCause } from '../drain/cause.ts';
import { evictionRequest, outcomeOf } from '../drain/eviction.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { nameOf, wordFor } from '../drain/progress.ts';
import type { DrainPlan, ReasonedPod } from '../drain/plan.ts';
import { writeNode } from '../nodes/write.ts';
import type { DryRunMark, OnEvent } from '../output/on-events.ts';
import type { Survey } from '../preflight/survey.ts';
import { markFor } from './on-mark.ts';
import type { OnRun } from './on-run.ts';
import type { Prepared } from './prepared.ts';

/** Tells what a run would do. `client` sends nothing; `server` lets the API server judge each step once, and ends. */
export async function dryRunOn(prepared: readonly Prepared[], survey: Survey, run: OnRun): Promise<ExitCode> {
  const { operation, report } = run;
  const mark: DryRunMark = operation.dryRun === 'server' ? 'server' : 'client';
  // All nodes are cordoned before the first is drained.
  for (const { node } of prepared) {
    if (mark === 'server') await writeNode(node, markFor(run), run.session.cluster, { dryRun: true });
    report.tell({ type: 'cordoned', node: node.facts.name, already: node.facts.unschedulable, dryRun: mark });
  }
  let worst: ExitCode = EXIT.done;
  for (const { node, drain } of prepared) {
    if (drain === undefined) continue;
    const { name } = node.facts;
    report.tell({ type: 'planned', ...namesIn(drain.plan) });
    let refused = 0;
    for (const pod of drain.plan.evict) refused += (await judged(pod, name, { survey, run })) ? 0 : 1;
    if (refused === 0) report.tell({ type: 'drained', node: name, dryRun: mark });
    else worst = EXIT.cluster;
  }
  const { moving, without, looked, candidates } = survey.room;
  if (operation.claim.mode === 'drain')
    report.tell({ type: 'room', moving, without: without.map(nameOf), looked, candidates });
  return worst;
}

function namesIn({ node, evict, waitFor, leave }: DrainPlan): Omit<Extract<OnEvent, { type: 'planned' }>, 'type'> {
  const named = ({ pod, why }: ReasonedPod) => ({ ...nameOf(pod), why });
  return { node, evict: evict.map(nameOf), waitFor: waitFor.map(named), leave: leave.map(named) };
}

interface Judging {
  readonly survey: Survey;
  readonly run: OnRun;
}

/** Tells what would become of a pod. False where the API server refuses it for good. */
async function judged(pod: PodFacts, node: string, judging: Judging): Promise<boolean> {
  const { report, operation } = judging.run;
  const name = nameOf(pod);
  if (operation.dryRun === 'client') {
    const blocking = judging.survey.budgetsOf(pod).find(({ allowed }) => allowed === 0);
    report.tell({ type: wordFor(operation), node, pod: name, dryRun: 'client' });
    if (blocking !== undefined && pod.ready)
      report.tell({ type: 'waiting', node, pod: name, why: budgetCause(blocking).text, dryRun: 'client' });
    return true;
  }
  const outcome = await askServer(pod, judging.run);
  if (outcome.outcome === 'refused') report.tell({ type: 'refused', node, pod: name, why: outcome.cause.text });
  else if (!('cause' in outcome)) report.tell({ type: wordFor(operation), node, pod: name, dryRun: 'server' });
  else report.tell({ type: 'waiting', node, pod: name, why: outcome.cause.text, dryRun: 'server' });
  return outcome.outcome !== 'refused';
}

async function askServer(pod: PodFacts, { operation, session }: OnRun): Promise<ReturnType<typeof outcomeOf>> {
  const { gracePeriodSeconds, disableEviction } = operation.drain;
  return outcomeOf(
    await session.cluster.send(evictionRequest(pod, { gracePeriodSeconds, disableEviction, dryRun: true })),
  );
}
