import { MaintError, type PodFacts } from '../../../shared/index.ts';
import { withinTime } from '../../session/deadline.ts';
import { groupCauses, renderGroups } from '../../drain/cause.ts';
import { drainNode } from '../../drain/engine.ts';
import type { DrainPorts, LeftPod } from '../../drain/ports.ts';
import { followNode, type LiveNode } from '../../drain/live-node.ts';
import type { DrainPlan } from '../../drain/plan.ts';
import type { PodsOnNode } from '../../drain/pods-on-node.ts';
import type { Progress } from '../../drain/progress.ts';
import { readPods } from '../../drain/read.ts';
import { waitForReplacements } from '../../drain/replacements.ts';
import { waitForDetach, type Waiting } from '../../drain/volumes.ts';
import { carryOutHooks } from '../../hooks/carry-out.ts';
import { hasSilences, keepSilences } from '../../hooks/keep-silences.ts';
import { alsoHinted } from '../../session/hint.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import { cameMeanwhile, idleOf, keepComing, stayingOf } from './came-meanwhile.ts';
import { complete, type DrainEnd } from './complete.ts';
import type { MarkedTarget, OnRun } from './on-run.ts';
import { endedMeanwhile, whyTakenAway } from './taken-away.ts';

/**
 * How often pods that came meanwhile are drained as well: one round for those that the scheduler was binding when the node
 * was cordoned, and some for those that name the node themselves. A pod that still comes after them is made there again and
 * again, and the drain gives up.
 */
const MAX_ROUNDS = 5;

/**
 * On an unreachable node, from this round on, a pod that has not started is left where it is. Before that it is asked to go
 * once, because its controller may make it on another node.
 */
const IDLE_FROM = 3;

/** A node that is to be drained, and what tells how far that has come. */
interface StartedDrain extends MarkedTarget {
  readonly progress: Progress;
}

/**
 * Drains a node that is marked and cordoned, and completes its record. Throws MaintError where pods are left or nobody
 * wants the drain any more: `gave-up`, `interrupted`, or `cluster` where the caller may not evict. The hint says in
 * which state the node stays.
 */
export async function drainMarkedNode(target: StartedDrain, run: OnRun): Promise<void> {
  const { name } = target.node.facts;
  const { operation, session } = run;
  const waiting = { timeoutMs: operation.timeoutMs, waitsFor: `the pods on node ${name}`, hint: undefined };
  // Before anything is waited for: of nodes that are drained at once each knows what is to go with the others.
  const withdraw = run.shared.databases().announce(target.plan?.evict ?? []);
  try {
    const end = await withinTime(waiting, session, (signal) => emptyNode(target, run, signal));
    await complete(target, end, run);
    run.drained.add(name);
  } catch (thrown) {
    // With --rollback the mark is taken back afterwards, so that nobody can say here whether it stays.
    const isTold = operation.rollback || run.takenAway.has(name) || run.unrecorded.has(name);
    throw isTold ? thrown : alsoHinted(thrown, staysHint(name));
  } finally {
    withdraw();
    target.pods?.end();
  }
}

function staysHint(name: string): string {
  return `node ${name} stays marked and cordoned (Initiated); run the same command again to go on, or kubectl maint off ${name}`;
}

/** The drain of one node under way. */
interface Drain {
  readonly target: StartedDrain;
  readonly run: OnRun;
  /** The node as it is meanwhile. */
  readonly node: LiveNode;
  /** Aborts when time runs out, the person interrupts, or somebody takes the node away. */
  readonly signal: AbortSignal;
}

async function emptyNode(target: StartedDrain, run: OnRun, limit: AbortSignal): Promise<DrainEnd> {
  const over = new AbortController();
  const signal = AbortSignal.any([limit, over.signal]);
  const taken: { why: MaintError | undefined } = { why: undefined };
  const hear = (fresh: NodeSnapshot | undefined): void => {
    taken.why ??= whyTakenAway(target.marked, fresh, run);
    if (taken.why !== undefined) over.abort();
  };
  const node = followNode(target.marked, hear, run.session, signal);
  const ticking = target.progress.tick(signal);
  try {
    await node.first;
    const drain = { target, run, node, signal };
    await carryOutAt('before-drain', drain);
    const end = await drainRounds(drain);
    await waitForOthers(end.moved, drain);
    await carryOutAt('after-drain', drain);
    return end;
  } catch (thrown) {
    throw taken.why ?? thrown;
  } finally {
    over.abort();
    await ticking;
  }
}

/** What hooks do before the first pod is asked to go, and when the last has gone. */
async function carryOutAt(moment: 'before-drain' | 'after-drain', { target, run, signal }: Drain): Promise<void> {
  const { owner, reason } = run.claim;
  const hooks = await run.hooks();
  await carryOutHooks({ node: target.marked, owner, reason }, moment, hooks, signal);
  // For as long as this command goes on, whatever it still does with other nodes.
  if (moment === 'before-drain' && hasSilences(hooks)) void keepSilences(target.marked, run, run.session.signal);
}

/** How the rounds of a drain ended, and which pods went. */
interface RoundsEnd extends DrainEnd {
  readonly moved: readonly PodFacts[];
}

/** Drains what is there, then what has come meanwhile, until nothing is left to drain. */
async function drainRounds(drain: Drain): Promise<RoundsEnd> {
  const { target, run } = drain;
  const { progress } = target;
  if (target.pods === undefined) return { moved: [], unconfirmed: [], stayed: [] };
  const pods = target.pods.follow();
  await pods.first;
  const tools = await toolsFor(drain, pods);
  const moved: PodFacts[] = [];
  const stayed = new Map<string, PodFacts>();
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    // Its turn may have come long after the plan was made.
    const rest = await planOfRest(drain, pods.all());
    for (const one of [...stayingOf(rest, round), ...(round < IDLE_FROM ? [] : idleOf(rest, drain.node))]) {
      if (!stayed.has(one.pod.uid)) run.report.tell({ type: 'finding', ...cameMeanwhile(rest.node, one) });
      stayed.set(one.pod.uid, one.pod);
    }
    const plan = without(rest, stayed);
    if (round > 1 && isEmpty(plan) && (await isReallyEmpty(drain, stayed))) {
      const there = (pod: PodFacts): boolean => pods.has(pod.uid);
      return { moved, unconfirmed: progress.unconfirmedPods.filter(there), stayed: [...stayed.values()].filter(there) };
    }
    progress.begin(plan, round === 1);
    const left = await drainNode(plan, tools);
    if (left.length > 0) throw await notDrained(left, drain);
    moved.push(...plan.evict);
  }
  throw keepComing(await planOfRest(drain, pods.all()));
}

/**
 * A plan for the pods that are not done. On a node whose kubelet answers again, a pod whose deletion nobody had confirmed is
 * waited for again: now it will be confirmed.
 */
async function planOfRest({ target, run, node }: Drain, there: readonly PodFacts[]): Promise<DrainPlan> {
  const planner = await run.shared.planner();
  return planner.plan(
    target.node.facts.name,
    there.filter((pod) => !target.progress.isDone(pod, node.unreachable)),
  );
}

function without(plan: DrainPlan, stayed: ReadonlyMap<string, PodFacts>): DrainPlan {
  return stayed.size === 0 ? plan : { ...plan, evict: plan.evict.filter(({ uid }) => !stayed.has(uid)) };
}

function isEmpty({ evict, waitFor }: DrainPlan): boolean {
  return evict.length + waitFor.length === 0;
}

/** A watch may be a moment behind: before a node is called drained, its pods are listed. */
async function isReallyEmpty(drain: Drain, stayed: ReadonlyMap<string, PodFacts>): Promise<boolean> {
  const { target, run, signal } = drain;
  const { session, operation } = run;
  const there = await readPods(target.node.facts.name, operation.drain.podSelector, session.cluster);
  if (isEmpty(without(await planOfRest(drain, there), stayed))) return true;
  await session.clock.sleep(WATCH_LAG_MS, signal);
  return false;
}

/** How long a healthy watch takes, at most, to tell of a pod that a list shows. */
const WATCH_LAG_MS = 500;

async function toolsFor({ target, run, node, signal }: Drain, pods: PodsOnNode): Promise<DrainPorts> {
  const { session, operation, shared } = run;
  return {
    sender: session.cluster,
    pods,
    budgets: shared.budgets(),
    databases: shared.databases(),
    inside: await shared.workInside(),
    limiter: shared.evictions,
    clock: session.clock,
    signal,
    listener: target.progress,
    gracePeriodSeconds: operation.drain.gracePeriodSeconds,
    disableEviction: operation.drain.disableEviction,
    node,
    skipWaitForDeleteSeconds: operation.drain.skipWaitForDeleteSeconds,
    byPriority: operation.pace.byPriority,
    random: Math.random,
  };
}

/** Waits until the volumes of the pods are detached and their replacements are Ready, where that was asked for. */
async function waitForOthers(moved: readonly PodFacts[], { target, run, signal }: Drain): Promise<void> {
  const { node, progress } = target;
  const { pace } = run.operation;
  const waitingFor = (phase: 'volumes' | 'replacements'): Waiting => ({
    session: run.session,
    signal,
    tell: (causes) => {
      progress.await(phase, causes);
    },
  });
  if (pace.waitVolumes) {
    // With --pod-selector the drain knows only some of the pods; the volumes of all others stay as well.
    const staying = await readPods(node.facts.name, undefined, run.session.cluster);
    await waitForDetach(node.facts.name, staying, waitingFor('volumes'));
  }
  if (pace.waitReady) await waitForReplacements(moved, waitingFor('replacements'));
  if (!signal.aborted) return;
  const { causes } = progress.now;
  const what = causes.length === 0 ? `what comes after the pods of node ${node.facts.name}` : renderGroups(causes);
  if (run.session.signal.aborted) throw new MaintError('interrupted', `interrupted while waiting: ${what}`);
  throw new MaintError('gave-up', `gave up waiting: ${what}`);
}

async function notDrained(left: readonly LeftPod[], { target, run }: Drain): Promise<MaintError> {
  const { session, report, announcer } = run;
  const { progress } = target;
  const { name } = target.node.facts;
  const causes = groupCauses(left.map(({ pod, cause }) => [pod, cause] as const));
  report.tell({ type: 'left', node: name, causes });
  const message = `${left.length} of ${progress.now.total} pods left`;
  const isStillOurs = await announcer.conditions(target.marked, [
    { type: 'DrainInProgress', status: 'True', reason: 'Stopped', message: `${message} (${renderGroups(causes)})` },
  ]);
  if (!isStillOurs) return endedMeanwhile(target.marked, run);
  if (session.signal.aborted) return new MaintError('interrupted', `interrupted, ${message} on node ${name}`);
  if (left.some(({ cause }) => cause.kind === 'credentials'))
    return new MaintError('cluster', `${message} on node ${name}: your credentials are no longer accepted`, {
      hint: `log in again, then run the same command again to go on; node ${name} stays marked and cordoned (Initiated)`,
    });
  if (left.some(({ cause }) => cause.kind === 'refused'))
    return new MaintError('cluster', `${message} on node ${name}: not allowed to evict`);
  return new MaintError('gave-up', `gave up waiting, ${message} on node ${name}`);
}
