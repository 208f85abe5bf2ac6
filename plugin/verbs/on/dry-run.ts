import type { PodFacts } from '../../../shared/index.ts';
import type { Cause } from '../../drain/cause.ts';
import { evictionRequest, outcomeOf } from '../../drain/eviction.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import { nameOf, wordFor } from '../../drain/progress.ts';
import type { DrainPlan, ReasonedPod } from '../../drain/plan.ts';
import { planAll } from '../../hooks/plan.ts';
import { holdingCause } from '../../drain/prediction.ts';
import type { OnOperation } from './flags.ts';
import { writeNode } from '../../nodes/write.ts';
import type { DryRunMark } from '../../drain/events.ts';
import type { OnEvent } from './events.ts';
import type { Survey } from '../../preflight/survey.ts';
import { batchesOf } from './batches.ts';
import { markFor } from './mark.ts';
import type { OnRun, Target } from './on-run.ts';

/** Tells what a run would do. `client` sends nothing; `server` lets the API server judge each step once, and ends. */
export async function dryRunOn(targets: readonly Target[], survey: Survey, run: OnRun): Promise<ExitCode> {
  const { operation, report } = run;
  const mark = markOf(operation);
  await tellHooks(targets, run);
  const ends = new Set<Judged>();
  const taken = new Map<string, number>();
  for (const batch of batchesOf(targets, operation)) {
    // All nodes of a batch are cordoned before the first of them is drained.
    for (const { node } of batch) {
      if (mark === 'server') await writeNode(node, markFor(run), run.session.cluster, { dryRun: true });
      report.tell({ type: 'cordoned', node: node.facts.name, already: node.facts.unschedulable, dryRun: mark });
    }
    const plans = batch.flatMap((target) => target.plan ?? []);
    const outOfTurn = await run.shared.databases().predict(plans.flatMap(({ evict }) => evict));
    for (const plan of plans) {
      for (const end of await judgeDrain(plan, { survey, run, taken, outOfTurn })) ends.add(end);
    }
  }
  const { moving, without, looked, candidates } = survey.room;
  if (operation.claim.mode === 'drain')
    report.tell({ type: 'room', moving, without: without.map(nameOf), looked, candidates });
  if (ends.has('refused')) return EXIT.cluster;
  return ends.has('waits') ? EXIT.gaveUp : EXIT.done;
}

async function tellHooks(targets: readonly Target[], { claim, report, shared }: OnRun): Promise<void> {
  const plans = await planAll(
    targets.map(({ node }) => node),
    await shared.hooks(),
    { ...claim, reason: claim.reason },
  );
  for (const { node, steps } of plans) if (steps.length > 0) report.tell({ type: 'hooks-planned', node, steps });
}

/** Tells what would become of a node's pods. The node counts as drained only where all of them would go at once. */
async function judgeDrain(plan: DrainPlan, judging: Judging): Promise<ReadonlySet<Judged>> {
  const { report, operation } = judging.run;
  report.tell({ type: 'planned', ...namesIn(plan) });
  const ends = new Set<Judged>(plan.waitFor.length === 0 ? [] : ['waits']);
  for (const pod of plan.evict) ends.add(await judged(pod, plan.node, judging));
  const isDrained = !ends.has('waits') && !ends.has('refused');
  if (isDrained) report.tell({ type: 'drained', node: plan.node, dryRun: markOf(operation) });
  return ends;
}

function markOf({ dryRun }: OnOperation): DryRunMark {
  return dryRun === 'server' ? 'server' : 'client';
}

function namesIn({ node, evict, waitFor, leave }: DrainPlan): Omit<Extract<OnEvent, { type: 'planned' }>, 'type'> {
  const named = ({ pod, why }: ReasonedPod) => ({ ...nameOf(pod), why });
  return { node, evict: evict.map(nameOf), waitFor: waitFor.map(named), leave: leave.map(named) };
}

interface Judging {
  readonly survey: Survey;
  readonly run: OnRun;
  /** How many pods each budget (by UID) would have let go so far. */
  readonly taken: Map<string, number>;
  /** What holds members of replicated databases until their turn comes, by UID. */
  readonly outOfTurn: ReadonlyMap<string, Cause>;
}

/** What would become of a pod at once. `refused`: the API server would never let it go. */
type Judged = 'goes' | 'waits' | 'refused';

/** Tells what would become of a pod. */
async function judged(pod: PodFacts, node: string, judging: Judging): Promise<Judged> {
  const { report, operation } = judging.run;
  const name = nameOf(pod);
  const dryRun = markOf(operation);
  const turn = judging.outOfTurn.get(pod.uid);
  if (turn !== undefined || dryRun === 'client') {
    const holding = turn ?? holdingCause(pod, judging.survey.budgetsOf(pod), judging.taken);
    if (holding === undefined) report.tell({ type: wordFor(operation), node, pod: name, dryRun });
    else report.tell({ type: 'waiting', node, pod: name, why: holding.text, dryRun });
    return holding === undefined ? 'goes' : 'waits';
  }
  const outcome = await askServer(pod, judging.run);
  if (outcome.outcome === 'refused') report.tell({ type: 'refused', node, pod: name, why: outcome.cause.text });
  else if (!('cause' in outcome)) report.tell({ type: wordFor(operation), node, pod: name, dryRun: 'server' });
  else report.tell({ type: 'waiting', node, pod: name, why: outcome.cause.text, dryRun: 'server' });
  if (outcome.outcome === 'refused') return 'refused';
  return 'cause' in outcome ? 'waits' : 'goes';
}

async function askServer(pod: PodFacts, { operation, session }: OnRun): Promise<ReturnType<typeof outcomeOf>> {
  const { gracePeriodSeconds, disableEviction } = operation.drain;
  return outcomeOf(
    await session.cluster.send(evictionRequest(pod, { gracePeriodSeconds, disableEviction, dryRun: true })),
  );
}
