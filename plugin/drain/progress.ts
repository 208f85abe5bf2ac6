import type { PodFacts } from '../../shared/index.ts';
import type { Announcer } from '../nodes/announce.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import type { Session } from '../session.ts';
import type { DrainListener } from './engine.ts';
import { podName, type DrainPlan } from './plan.ts';

/** How often the terminal and the node's condition tell what is left. */
const PROGRESS_MS = 5000;

/** Tells the terminal of each pod, and terminal and node from time to time of the whole. */
export class Progress implements DrainListener {
  readonly #node: NodeSnapshot;
  readonly #session: Session;
  readonly #announcer: Announcer;
  readonly #waiting = new Map<string, string>();
  readonly #done = new Set<string>();
  #total = 0;
  #blockedTold = false;

  constructor(node: NodeSnapshot, session: Session, announcer: Announcer) {
    this.#node = node;
    this.#session = session;
    this.#announcer = announcer;
  }

  /** How many pods were to go, and how many went or were given up on. */
  get total(): number {
    return this.#total;
  }

  /** Whether nothing more is expected of this pod. */
  isDone(pod: PodFacts): boolean {
    return this.#done.has(pod.uid);
  }

  /** Some more pods are to go; the node says so from now on. */
  begin(plan: DrainPlan): Promise<void> {
    this.#total += plan.evict.length;
    return this.#tellNode();
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
    this.#end(pod);
    this.#session.screen.result(`pod/${pod.name} evicted (namespace ${pod.namespace})`);
  }

  unconfirmed(pod: PodFacts): void {
    this.#end(pod);
    this.#session.screen.result(
      `pod/${pod.name} deletion asked for (namespace ${pod.namespace}), its node does not confirm it`,
    );
  }

  /** Tells from time to time until the signal aborts; `look` is called each time, and told nothing. */
  async tick(signal: AbortSignal, look: () => Promise<void>): Promise<void> {
    for (;;) {
      await this.#session.clock.sleep(PROGRESS_MS, signal);
      if (signal.aborted) return;
      this.#session.screen.note(`node/${this.#node.facts.name}: ${this.#summary()}`);
      await Promise.all([this.#tellNode(), look()]);
    }
  }

  #end(pod: PodFacts): void {
    this.#done.add(pod.uid);
    this.#waiting.delete(pod.uid);
  }

  #tellNode(): Promise<void> {
    const [reason, message] = ['AdminRequested', this.#summary()];
    return this.#announcer.conditions(this.#node, [
      { type: 'DrainInProgress', status: 'True', reason, message },
      { type: 'Drained', status: 'False', reason, message },
    ]);
  }

  #summary(): string {
    const left = this.#total - this.#done.size;
    const [why] = this.#waiting.values();
    const waiting = why === undefined ? '' : `, ${this.#waiting.size} waiting (${why})`;
    return `${left} of ${this.#total} pods left${waiting}`;
  }
}
