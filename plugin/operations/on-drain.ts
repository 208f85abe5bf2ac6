import { MaintError, type PodFacts } from '../../shared/index.ts';
import { timestamp } from '../clock.ts';
import { followBudgets } from '../drain/budgets.ts';
import { drainNode, type DrainListener, type LeftPod } from '../drain/engine.ts';
import { Limiter } from '../drain/limiter.ts';
import { podName, type DrainPlan } from '../drain/plan.ts';
import { followPods } from '../drain/pods-on-node.ts';
import { planPods } from '../drain/read.ts';
import type { Announcer } from '../nodes/announce.ts';
import { statePatch } from '../nodes/mark.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import { writeNode } from '../nodes/write.ts';
import type { OnOperation } from '../operation.ts';
import { renderLeft } from '../output/on-words.ts';
import type { Session } from '../session.ts';

/** Evictions in flight at once; as many as the transport keeps connections, more would only queue there. */
const EVICTIONS_AT_ONCE = 32;

/** How often the terminal and the node's condition tell what is left. */
const PROGRESS_MS = 5000;

/**
 * Drains a node that is marked and cordoned, and completes its record. Throws MaintError where pods are left:
 * `gave-up` out of time, `interrupted`, `cluster` where the caller may not evict, `denied` where kubectl would refuse.
 */
export async function drainMarkedNode(
  node: NodeSnapshot,
  operation: OnOperation,
  session: Session,
  announcer: Announcer,
): Promise<void> {
  const { name } = node.facts;
  const over = new AbortController();
  const limits = operation.timeoutMs > 0 ? [AbortSignal.timeout(operation.timeoutMs)] : [];
  const signal = AbortSignal.any([session.signal, over.signal, ...limits]);
  try {
    const pods = followPods(name, operation.drain.podSelector, session.cluster, signal);
    const first = await pods.first.catch((thrown: unknown) => {
      throw signal.aborted ? outOfTime(name) : thrown;
    });
    const plan = await planPods(name, first, operation.drain, session.cluster);
    refuseLate(plan);
    const progress = new Progress(node, plan, session, announcer);
    const ticking = progress.tick(signal);
    const left = await drainNode(plan, {
      sender: session.cluster,
      pods,
      budgets: followBudgets(session.cluster, signal),
      limiter: new Limiter(EVICTIONS_AT_ONCE),
      clock: session.clock,
      signal,
      listener: progress,
      gracePeriodSeconds: operation.drain.gracePeriodSeconds,
      nodeReady: node.facts.ready,
      random: Math.random,
    });
    over.abort();
    await ticking;
    if (left.length > 0) throw await notDrained(node, left, { session, announcer, total: plan.evict.length });
  } finally {
    over.abort();
  }
  await complete(node, session, announcer);
}

function outOfTime(node: string): MaintError {
  return new MaintError('gave-up', `gave up waiting before the pods on node ${node} were read`, {
    hint: `node ${node} stays marked and cordoned (Initiated); run the same command again to go on`,
  });
}

/** Pods that came between the preflight and the cordon may be of a kind that is not evicted without a flag. */
function refuseLate(plan: DrainPlan): void {
  if (plan.refusals.length === 0) return;
  const refusals = plan.refusals.map((text) => `cannot delete ${text}`).join('; ');
  throw new MaintError('denied', `new on node ${plan.node} since the preflight: ${refusals}`, {
    hint: `the node stays marked and cordoned (Initiated), nothing was evicted from it; kubectl maint off ${plan.node} undoes it`,
  });
}

async function complete(node: NodeSnapshot, session: Session, announcer: Announcer): Promise<void> {
  const { name } = node.facts;
  const now = timestamp(session.clock.now());
  await writeNode(node, (fresh) => statePatch(fresh, 'complete', now), session.cluster);
  await announcer.conditions(node, [
    { type: 'DrainInProgress', status: 'False', reason: 'DrainCompleted', message: 'no workloads left to move' },
    { type: 'Drained', status: 'True', reason: 'DrainCompleted', message: 'no workloads left to move' },
  ]);
  await announcer.event(node.facts, { type: 'Normal', reason: 'MaintenanceComplete', message: 'drained' });
  session.screen.result(`node/${name} drained`);
}

interface DrainContext {
  readonly session: Session;
  readonly announcer: Announcer;
  readonly total: number;
}

async function notDrained(
  node: NodeSnapshot,
  left: readonly LeftPod[],
  { session, announcer, total }: DrainContext,
): Promise<MaintError> {
  const { name } = node.facts;
  renderLeft(name, left, session.screen);
  const message = `${left.length} of ${total} pods left`;
  const blockers = left.map(({ pod, why }) => `${podName(pod)}: ${why}`).join('; ');
  await announcer.conditions(node, [
    { type: 'DrainInProgress', status: 'True', reason: 'Stopped', message: `${message} (${blockers})` },
  ]);
  const hint = `node ${name} stays marked and cordoned (Initiated); run the same command again to go on, or kubectl maint off ${name}`;
  if (session.signal.aborted) return new MaintError('interrupted', `interrupted, ${message} on node ${name}`, { hint });
  if (left.some(({ refused }) => refused))
    return new MaintError('cluster', `${message} on node ${name}: not allowed to evict`, { hint });
  return new MaintError('gave-up', `gave up waiting, ${message} on node ${name}`, { hint });
}

/** Tells the terminal of each pod, and terminal and node from time to time of the whole. */
class Progress implements DrainListener {
  readonly #node: NodeSnapshot;
  readonly #session: Session;
  readonly #announcer: Announcer;
  readonly #total: number;
  readonly #waiting = new Map<string, string>();
  #gone = 0;
  #blockedTold = false;

  constructor(node: NodeSnapshot, plan: DrainPlan, session: Session, announcer: Announcer) {
    this.#node = node;
    this.#session = session;
    this.#announcer = announcer;
    this.#total = plan.evict.length;
  }

  waiting(pod: PodFacts, why: string): void {
    this.#waiting.set(pod.uid, why);
    this.#session.screen.note(`pod/${pod.name} (namespace ${pod.namespace}) waits: ${why}`);
    if (this.#blockedTold) return;
    this.#blockedTold = true;
    void this.#announcer.event(this.#node.facts, {
      type: 'Warning',
      reason: 'DrainBlocked',
      message: `${podName(pod)}: ${why}`,
    });
  }

  gone(pod: PodFacts): void {
    this.#gone += 1;
    this.#waiting.delete(pod.uid);
    this.#session.screen.result(`pod/${pod.name} evicted (namespace ${pod.namespace})`);
  }

  async tick(signal: AbortSignal): Promise<void> {
    await this.#tellNode();
    for (;;) {
      await this.#session.clock.sleep(PROGRESS_MS, signal);
      if (signal.aborted) return;
      this.#session.screen.note(`node/${this.#node.facts.name}: ${this.#summary()}`);
      await this.#tellNode();
    }
  }

  #tellNode(): Promise<void> {
    return this.#announcer.conditions(this.#node, [
      { type: 'DrainInProgress', status: 'True', reason: 'AdminRequested', message: this.#summary() },
      { type: 'Drained', status: 'False', reason: 'AdminRequested', message: this.#summary() },
    ]);
  }

  #summary(): string {
    const left = this.#total - this.#gone;
    const [why] = this.#waiting.values();
    const waiting = why === undefined ? '' : `, ${this.#waiting.size} waiting (${why})`;
    return `${left} of ${this.#total} pods left${waiting}`;
  }
}
