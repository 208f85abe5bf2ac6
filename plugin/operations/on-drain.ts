import { MaintError, modeOf, nodePath } from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import { withinTime } from '../deadline.ts';
import { followBudgets } from '../drain/budgets.ts';
import { drainNode, type DrainTools, type LeftPod } from '../drain/engine.ts';
import { Limiter } from '../drain/limiter.ts';
import type { DrainPlan } from '../drain/plan.ts';
import { podName } from '../drain/plan.ts';
import { followPods, type PodsOnNode } from '../drain/pods-on-node.ts';
import { Progress } from '../drain/progress.ts';
import { planPods } from '../drain/read.ts';
import { hinted } from '../hint.ts';
import type { Announcer } from '../nodes/announce.ts';
import { recordOf, statePatch, type NodePatch } from '../nodes/mark.ts';
import { snapshotFromObject, type NodeSnapshot } from '../nodes/snapshot.ts';
import { writeNode } from '../nodes/write.ts';
import type { OnOperation } from '../operation.ts';
import { renderLeft } from '../output/on-words.ts';
import type { Session } from '../session.ts';

/** Evictions in flight at once; as many as the transport keeps connections, more would only queue there. */
const EVICTIONS_AT_ONCE = 32;

/**
 * How often pods that came meanwhile are drained as well: one round for what was being bound when the node was cordoned,
 * and some for what names the node itself. Whatever still comes then is put there again and again.
 */
const MAX_ROUNDS = 5;

/**
 * Drains a node that is marked and cordoned, and completes its record. Throws MaintError where pods are left or nobody
 * wants the drain any more: `gave-up`, `interrupted`, or `cluster` where the caller may not evict. The hint says in
 * which state the node stays.
 */
export async function drainMarkedNode(
  node: NodeSnapshot,
  operation: OnOperation,
  session: Session,
  announcer: Announcer,
): Promise<void> {
  const { name } = node.facts;
  const hint = `node ${name} stays marked and cordoned (Initiated); run the same command again to go on, or kubectl maint off ${name}`;
  const waiting = { timeoutMs: operation.timeoutMs, waitsFor: `the pods on node ${name}`, hint };
  try {
    await withinTime(waiting, session, (signal) => emptyNode(node, operation, { session, announcer, signal }));
    await complete(node, session, announcer);
  } catch (thrown) {
    throw hinted(thrown, hint);
  }
}

interface DrainContext {
  readonly session: Session;
  readonly announcer: Announcer;
  readonly signal: AbortSignal;
}

async function emptyNode(node: NodeSnapshot, operation: OnOperation, context: DrainContext): Promise<void> {
  const { session, announcer } = context;
  warnIfUnreachable(node, session);
  const ended = new AbortController();
  const signal = AbortSignal.any([context.signal, ended.signal]);
  const progress = new Progress(node, session, announcer);
  const done = new AbortController();
  const ticking = progress.tick(AbortSignal.any([signal, done.signal]), async () => {
    if (await isOver(node, session)) ended.abort();
  });
  try {
    await drainRounds(node, operation, progress, { ...context, signal });
  } catch (thrown) {
    throw ended.signal.aborted ? endedMeanwhile(node) : thrown;
  } finally {
    done.abort();
    await ticking;
  }
}

/** Drains what is there, then what has come meanwhile, until nothing is left to drain. */
async function drainRounds(
  node: NodeSnapshot,
  operation: OnOperation,
  progress: Progress,
  context: DrainContext,
): Promise<void> {
  const { session, signal } = context;
  const { name } = node.facts;
  const pods = followPods(name, operation.drain.podSelector, session, signal);
  const tools = toolsFor(node, operation, pods, { session, signal, progress });
  await pods.first;
  for (let round = 1; ; round += 1) {
    const there = pods.all().filter((pod) => !progress.isDone(pod));
    const plan = await planPods(name, there, operation.drain, session.cluster);
    refuseLate(plan);
    if (plan.evict.length === 0) return;
    if (round > MAX_ROUNDS) throw keepComing(plan);
    const told = progress.begin(plan);
    const left = await drainNode(plan, tools);
    await told;
    if (left.length > 0) throw await notDrained(node, left, progress.total, context);
  }
}

function toolsFor(
  node: NodeSnapshot,
  { drain }: OnOperation,
  pods: PodsOnNode,
  { session, signal, progress }: { session: Session; signal: AbortSignal; progress: Progress },
): DrainTools {
  return {
    sender: session.cluster,
    pods,
    budgets: followBudgets(session.cluster, signal),
    limiter: new Limiter(EVICTIONS_AT_ONCE),
    clock: session.clock,
    signal,
    listener: progress,
    gracePeriodSeconds: drain.gracePeriodSeconds,
    unreachable: node.facts.unreachable,
    random: Math.random,
  };
}

function warnIfUnreachable({ facts: { name, unreachable } }: NodeSnapshot, { screen }: Session): void {
  if (!unreachable) return;
  screen.warn(
    `node ${name} is unreachable: nobody confirms that its pods ended; if it is off for good, let its volumes go: kubectl taint node ${name} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`,
  );
}

/** Whether nobody wants this drain any more: somebody ended the maintenance, or brings the node back. */
async function isOver({ facts }: NodeSnapshot, { cluster }: Session): Promise<boolean> {
  try {
    const fresh = snapshotFromObject(await cluster.get(nodePath(facts.name)));
    return fresh === undefined || !wantsDrain(fresh);
  } catch {
    // What cannot be read now says nothing; the drain's own calls tell when the API server is away.
    return false;
  }
}

function wantsDrain(node: NodeSnapshot): boolean {
  const record = recordOf(node);
  return record !== undefined && modeOf(record) === 'drain' && node.facts.state !== 'returning';
}

function endedMeanwhile({ facts: { name } }: NodeSnapshot): MaintError {
  return new MaintError(
    'gave-up',
    `the maintenance of node ${name} was ended meanwhile by somebody else; nothing more is evicted`,
    {
      hint: `kubectl maint status ${name} shows its state`,
    },
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

async function complete(node: NodeSnapshot, session: Session, announcer: Announcer): Promise<void> {
  const { name } = node.facts;
  const now = timestamp(session.clock.now());
  const patchFor = (fresh: NodeSnapshot): NodePatch | undefined => {
    if (!wantsDrain(fresh)) throw endedMeanwhile(node);
    return statePatch(fresh, 'complete', now);
  };
  await writeNode(node, patchFor, session.cluster);
  const [reason, message] = ['DrainCompleted', 'no workloads left to move'];
  await announcer.conditions(node, [
    { type: 'DrainInProgress', status: 'False', reason, message },
    { type: 'Drained', status: 'True', reason, message },
  ]);
  await announcer.event(node.facts, { type: 'Normal', reason: 'MaintenanceComplete', message: 'drained' });
  session.screen.result(`node/${name} drained`);
}

async function notDrained(
  node: NodeSnapshot,
  left: readonly LeftPod[],
  total: number,
  { session, announcer }: DrainContext,
): Promise<MaintError> {
  const { name } = node.facts;
  renderLeft(name, left, session.screen);
  const message = `${left.length} of ${total} pods left`;
  const blockers = left.map(({ pod, why }) => `${podName(pod)}: ${why}`).join('; ');
  await announcer.conditions(node, [
    { type: 'DrainInProgress', status: 'True', reason: 'Stopped', message: `${message} (${blockers})` },
  ]);
  if (session.signal.aborted) return new MaintError('interrupted', `interrupted, ${message} on node ${name}`);
  if (left.some(({ refused }) => refused))
    return new MaintError('cluster', `${message} on node ${name}: not allowed to evict`);
  return new MaintError('gave-up', `gave up waiting, ${message} on node ${name}`);
}
