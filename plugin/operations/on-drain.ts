import { MaintError, modeOf, nodePath, type PodFacts } from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import { withinTime } from '../deadline.ts';
import type { Budgets } from '../drain/budgets.ts';
import { groupCauses, renderGroups } from '../drain/cause.ts';
import { drainNode, type DrainTools, type LeftPod } from '../drain/engine.ts';
import type { Limiter } from '../drain/limiter.ts';
import { podName, type DrainPlan } from '../drain/plan.ts';
import type { PodsOnNode } from '../drain/pods-on-node.ts';
import type { Progress } from '../drain/progress.ts';
import { readPods, type Planner } from '../drain/read.ts';
import { waitForReplacements } from '../drain/replacements.ts';
import { waitForDetach, type Waiting } from '../drain/volumes.ts';
import { hinted } from '../hint.ts';
import { hasClaim, recordOf, statePatch, type NodePatch } from '../nodes/mark.ts';
import { snapshotFromObject, type NodeSnapshot } from '../nodes/snapshot.ts';
import { writeNode } from '../nodes/write.ts';
import type { OnRun } from './on-run.ts';
import type { Marked } from './prepared.ts';

/**
 * How often pods that came meanwhile are drained as well: one round for what was being bound when the node was cordoned,
 * and some for what names the node itself. Whatever still comes then is put there again and again.
 */
const MAX_ROUNDS = 5;

/** What all nodes that are drained at once share. */
export interface Shared {
  readonly budgets: Budgets;
  readonly planner: Planner;
  readonly limiter: Limiter;
}

/**
 * Drains a node that is marked and cordoned, and completes its record. Throws MaintError where pods are left or nobody
 * wants the drain any more: `gave-up`, `interrupted`, or `cluster` where the caller may not evict. The hint says in
 * which state the node stays.
 */
export async function drainMarkedNode(marked: Marked, progress: Progress, shared: Shared, run: OnRun): Promise<void> {
  const { name } = marked.node.facts;
  const { operation, session } = run;
  const hint = `node ${name} stays marked and cordoned (Initiated); run the same command again to go on, or kubectl maint off ${name}`;
  const waiting = { timeoutMs: operation.timeoutMs, waitsFor: `the pods on node ${name}`, hint };
  try {
    await withinTime(waiting, session, (signal) => emptyNode({ marked, progress, shared, run, signal }));
    await complete(marked.written, run);
  } catch (thrown) {
    throw hinted(thrown, hint);
  }
}

/** One node's drain. */
interface Drain {
  readonly marked: Marked;
  readonly progress: Progress;
  readonly shared: Shared;
  readonly run: OnRun;
  readonly signal: AbortSignal;
}

async function emptyNode(drain: Drain): Promise<void> {
  const { marked, progress, run } = drain;
  const ended = new AbortController();
  const signal = AbortSignal.any([drain.signal, ended.signal]);
  const done = new AbortController();
  const ticking = progress.tick(AbortSignal.any([signal, done.signal]), async () => {
    if (await isOver(marked.node, run)) ended.abort();
  });
  try {
    const moved = await drainRounds({ ...drain, signal });
    await waitForOthers(moved, { ...drain, signal });
  } catch (thrown) {
    throw ended.signal.aborted ? endedMeanwhile(marked.node, run) : thrown;
  } finally {
    done.abort();
    await ticking;
  }
}

/** Drains what is there, then what has come meanwhile, until nothing is left to drain. Returns the pods that went. */
async function drainRounds(drain: Drain): Promise<readonly PodFacts[]> {
  const { marked, progress } = drain;
  const moved: PodFacts[] = [];
  if (marked.drain === undefined) return moved;
  const { pods, plan: first } = marked.drain;
  const tools = toolsFor(drain, pods);
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const plan = round === 1 ? first : await planOfRest(drain, pods.all());
    refuseLate(plan);
    if (round > 1 && isEmpty(plan) && (await isReallyEmpty(drain))) return moved;
    progress.begin(plan, round === 1);
    const left = await drainNode(plan, tools);
    if (left.length > 0) throw await notDrained(left, drain);
    moved.push(...plan.evict);
  }
  throw keepComing(await planOfRest(drain, pods.all()));
}

function planOfRest({ marked, progress, shared }: Drain, there: readonly PodFacts[]): Promise<DrainPlan> {
  return shared.planner.plan(
    marked.node.facts.name,
    there.filter((pod) => !progress.isDone(pod)),
  );
}

function isEmpty({ evict, waitFor }: DrainPlan): boolean {
  return evict.length + waitFor.length === 0;
}

/** A watch may be a moment behind: before a node is called drained, it is asked. */
async function isReallyEmpty(drain: Drain): Promise<boolean> {
  const { marked, run, signal } = drain;
  const { session, operation } = run;
  const there = await readPods(marked.node.facts.name, operation.drain.podSelector, session.cluster);
  if (isEmpty(await planOfRest(drain, there))) return true;
  await session.clock.sleep(WATCH_LAG_MS, signal);
  return false;
}

/** By then a healthy watch has told of a pod that a list shows. */
const WATCH_LAG_MS = 500;

function toolsFor({ marked, progress, shared, run, signal }: Drain, pods: PodsOnNode): DrainTools {
  const { session, operation } = run;
  return {
    sender: session.cluster,
    pods,
    budgets: shared.budgets,
    limiter: shared.limiter,
    clock: session.clock,
    signal,
    listener: progress,
    gracePeriodSeconds: operation.drain.gracePeriodSeconds,
    disableEviction: operation.drain.disableEviction,
    unreachable: marked.node.facts.unreachable,
    random: Math.random,
  };
}

/** Beyond the pods: their volumes let go, their replacements Ready, where that was asked for. */
async function waitForOthers(moved: readonly PodFacts[], { marked, progress, run, signal }: Drain): Promise<void> {
  const { node, drain } = marked;
  const { pace } = run.operation;
  const waitingFor = (phase: 'volumes' | 'replacements'): Waiting => ({
    session: run.session,
    signal,
    tell: (causes) => {
      progress.await(phase, causes);
    },
  });
  if (pace.waitVolumes) await waitForDetach(node.facts.name, drain?.pods.all() ?? [], waitingFor('volumes'));
  if (pace.waitReady) await waitForReplacements(moved, waitingFor('replacements'));
  if (!signal.aborted) return;
  const { causes } = progress.now;
  const what = causes.length === 0 ? `what comes after the pods of node ${node.facts.name}` : renderGroups(causes);
  if (run.session.signal.aborted) throw new MaintError('interrupted', `interrupted while waiting: ${what}`);
  throw new MaintError('gave-up', `gave up waiting: ${what}`);
}

/** Whether nobody wants this drain any more: somebody ended the maintenance, or brings the node back. */
async function isOver({ facts }: NodeSnapshot, { session, claim }: OnRun): Promise<boolean> {
  try {
    const fresh = snapshotFromObject(await session.cluster.get(nodePath(facts.name)));
    return fresh === undefined || !wantsDrain(fresh, claim.owner);
  } catch {
    // What cannot be read now says nothing; the drain's own calls tell when the API server is away.
    return false;
  }
}

function wantsDrain(node: NodeSnapshot, owner: string): boolean {
  const record = recordOf(node);
  const isDrain = record !== undefined && modeOf(record) === 'drain';
  return isDrain && hasClaim(node.facts, owner) && node.facts.state !== 'returning';
}

function endedMeanwhile({ facts: { name } }: NodeSnapshot, { ended }: OnRun): MaintError {
  ended.add(name);
  return new MaintError(
    'gave-up',
    `the maintenance of node ${name} was ended meanwhile by somebody else; nothing more is evicted`,
    { hint: `kubectl maint status ${name} shows its state` },
  );
}

/** Pods that came since the preflight may be of a kind that is not evicted without a flag. */
function refuseLate(plan: DrainPlan): void {
  if (plan.refusals.length === 0) return;
  const refusals = plan.refusals.map((text) => `cannot delete ${text}`).join('; ');
  throw new MaintError('gave-up', `new on node ${plan.node} since the preflight: ${refusals}`);
}

function keepComing({ node, evict }: DrainPlan): MaintError {
  return new MaintError('gave-up', `pods keep coming to node ${node}, cordon or not: ${evict.map(podName).join(', ')}`);
}

async function complete(node: NodeSnapshot, run: OnRun): Promise<void> {
  const { session, announcer, report, claim } = run;
  const { name } = node.facts;
  const now = timestamp(session.clock.now());
  const patchFor = (fresh: NodeSnapshot): NodePatch | undefined => {
    if (!wantsDrain(fresh, claim.owner)) throw endedMeanwhile(node, run);
    return statePatch(fresh, 'complete', now);
  };
  const written = await writeNode(await announcer.latest(node), patchFor, session.cluster);
  const [reason, message] = ['DrainCompleted', 'no workloads left to move'];
  void announcer.conditions(written, [
    { type: 'DrainInProgress', status: 'False', reason, message },
    { type: 'Drained', status: 'True', reason, message },
  ]);
  void announcer.event(node.facts, { type: 'Normal', reason: 'MaintenanceComplete', message: 'drained' });
  report.tell({ type: 'drained', node: name, dryRun: undefined });
}

async function notDrained(left: readonly LeftPod[], { marked, progress, run }: Drain): Promise<MaintError> {
  const { session, report, announcer } = run;
  const { name } = marked.node.facts;
  const causes = groupCauses(left.map(({ pod, cause }) => [pod, cause] as const));
  report.tell({ type: 'left', node: name, causes });
  const message = `${left.length} of ${progress.now.total} pods left`;
  const isStillOurs = await announcer.conditions(marked.written, [
    { type: 'DrainInProgress', status: 'True', reason: 'Stopped', message: `${message} (${renderGroups(causes)})` },
  ]);
  if (!isStillOurs) return endedMeanwhile(marked.node, run);
  if (session.signal.aborted) return new MaintError('interrupted', `interrupted, ${message} on node ${name}`);
  if (left.some(({ cause }) => cause.kind === 'credentials'))
    return new MaintError('cluster', `${message} on node ${name}: your credentials are no longer accepted`, {
      hint: `log in again, then run the same command again to go on; node ${name} stays marked and cordoned (Initiated)`,
    });
  if (left.some(({ cause }) => cause.kind === 'refused'))
    return new MaintError('cluster', `${message} on node ${name}: not allowed to evict`);
  return new MaintError('gave-up', `gave up waiting, ${message} on node ${name}`);
}
