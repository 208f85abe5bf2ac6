import { isUnsatisfiable, type PodFacts } from '../../shared/index.ts';
import { causeOf, type Cause } from './cause.ts';
import type { DrainListener, DrainPorts, LeftPod } from './ports.ts';
import { firstOf, Notifier } from '../session/wait.ts';

/**
 * How long pods of lower priority hold the others while none of them moves, in ms: twice the time after which a budget is
 * asked again. What they wait for may be what comes after them: a storage engine lets its pod go when the node is empty.
 */
const PATIENCE_MS = 10_000;

/** How long they hold the others at most, in ms: most pods have ended by then, whatever their grace period is. */
const LONGEST_HOLD_MS = 300_000;

const OUT_OF_TURN = causeOf('order', 'pods of lower priority go first');

type Remove = (pod: PodFacts, tools: DrainPorts) => Promise<LeftPod | undefined>;

/**
 * Removes pods, those of low priority first. The order is a preference: the next class begins when the one before is
 * gone, or does not move any more. Resolves with what is left.
 */
export async function inOrder(
  pods: readonly PodFacts[],
  tools: DrainPorts,
  remove: Remove,
): Promise<readonly (LeftPod | undefined)[]> {
  const begun: Promise<readonly (LeftPod | undefined)[]>[] = [];
  const notBegun: LeftPod[] = [];
  const classes = tools.byPriority ? classesOf(pods) : [pods];
  for (const same of classes) {
    if (tools.signal.aborted) {
      notBegun.push(...same.map((pod) => ({ pod, cause: OUT_OF_TURN })));
      continue;
    }
    const group = new PriorityGroup(same, tools);
    const removed = Promise.all(same.map((pod) => remove(pod, { ...tools, listener: group })));
    begun.push(removed);
    if (same !== classes.at(-1)) await group.letsOthersBegin(removed);
  }
  return [...(await Promise.all(begun)).flat(), ...notBegun];
}

function classesOf(pods: readonly PodFacts[]): readonly (readonly PodFacts[])[] {
  return [...Map.groupBy(pods, ({ priority }) => priority)].sort(([a], [b]) => a - b).map(([, same]) => same);
}

/** How pods of one priority get on; it hears what becomes of each, and passes it on. */
class PriorityGroup implements DrainListener {
  readonly #tools: DrainPorts;
  readonly #news = new Notifier();
  readonly #begunAt: number;
  #movedAt: number;
  /** Pods that agreed to go and are not gone. */
  readonly #going = new Set<string>();
  /** Pods that no waiting helps (stuck in their end, or under a budget that is never satisfied): the next priority does not wait for them. */
  readonly #hopeless = new Set<string>();
  readonly #open: Set<string>;

  constructor(pods: readonly PodFacts[], tools: DrainPorts) {
    this.#tools = tools;
    this.#begunAt = tools.clock.now();
    this.#movedAt = this.#begunAt;
    this.#open = new Set(pods.map(({ uid }) => uid));
  }

  /** Resolves when the next class may begin. */
  async letsOthersBegin(removed: Promise<unknown>): Promise<void> {
    const { clock, signal } = this.#tools;
    const over = new AbortController();
    const end = (): void => {
      over.abort();
    };
    removed.then(end, end);
    const stop = AbortSignal.any([signal, over.signal]);
    for (let ms = this.#holdsFor(); ms > 0 && !stop.aborted; ms = this.#holdsFor()) {
      await firstOf([(stop) => this.#news.next(stop), (stop) => clock.sleep(ms, stop)], stop);
    }
  }

  /** Milliseconds for which the others still wait, unless something happens. */
  #holdsFor(): number {
    if (this.#open.size === 0 || [...this.#open].every((uid) => this.#hopeless.has(uid))) return 0;
    const now = this.#tools.clock.now();
    const longest = this.#begunAt + LONGEST_HOLD_MS - now;
    return this.#going.size > 0 ? longest : Math.min(longest, this.#movedAt + PATIENCE_MS - now);
  }

  waiting(pod: PodFacts, cause: Cause): void {
    const isHopeless = cause.kind === 'terminating' || (cause.budget !== undefined && isUnsatisfiable(cause.budget));
    if (isHopeless) this.#hopeless.add(pod.uid);
    else this.#hopeless.delete(pod.uid);
    if (cause.kind === 'terminating') this.#going.delete(pod.uid);
    this.#news.notify();
    this.#tools.listener.waiting(pod, cause);
  }

  going(pod: PodFacts): void {
    this.#move(pod);
    this.#going.add(pod.uid);
    this.#tools.listener.going(pod);
  }

  gone(pod: PodFacts): void {
    this.#end(pod);
    this.#tools.listener.gone(pod);
  }

  unconfirmed(pod: PodFacts): void {
    this.#end(pod);
    this.#tools.listener.unconfirmed(pod);
  }

  #move({ uid }: PodFacts): void {
    this.#movedAt = this.#tools.clock.now();
    this.#hopeless.delete(uid);
    this.#news.notify();
  }

  #end(pod: PodFacts): void {
    this.#move(pod);
    this.#open.delete(pod.uid);
    this.#going.delete(pod.uid);
  }
}
