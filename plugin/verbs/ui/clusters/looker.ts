import { eachOnce, isInMaintenance, once, type PodFacts } from '../../../../shared/index.ts';
import { followBudgets, type Budgets } from '../../../drain/budgets.ts';
import type { FilterContext } from '../../../drain/filters.ts';
import { activeWorkOf } from '../../../drain/read.ts';
import type { NodeSnapshot } from '../../../nodes/snapshot.ts';
import { policyInForce } from '../../../policy/in-force.ts';
import type { Session } from '../../../session/session.ts';
import {
  drainLeft,
  isOfInterest,
  readFromEvents,
  readingMemory,
  releasedDuring,
  reportOn,
  tellStatus,
  Unreadable,
  type FollowedNodes,
  type NodeStatus,
} from '../../status/index.ts';
import { screenOf } from '../line-screen.ts';
import type { Line, NodeRow } from '../wire.ts';
import { CleanTimes } from './clean-times.ts';
import { drainNow } from './drain-now.ts';
import { QuietRows, rowFrom, type OfHeld } from './rows.ts';

/** What no watch tells is read again so often, as for `status --watch`. */
export const READ_AGAIN_MS = 10_000;

/** Every node, whatever its state. */
export const ALL = { names: [], selector: '' };

/** What is read once in a while, and what was found missing meanwhile: what can be read again is not missing any more. */
interface Round {
  readonly endsAt: number;
  readonly memory: ReturnType<typeof readingMemory>;
  readonly unreadable: Unreadable;
  readonly missing: Line[];
  readonly events: () => ReturnType<typeof readFromEvents>;
  /** What a pod is part of by the policy in force: each is classified once. */
  readonly work: () => Promise<FilterContext['activeWorkOf']>;
}

/** What one look has found. */
export interface Seen {
  readonly rows: readonly NodeRow[];
  /** What `status` says beside its table. */
  readonly remarks: readonly Line[];
}

/** Reads everything about the nodes of a cluster again and again, as long as its session lasts. */
export class Looker {
  readonly #followed: FollowedNodes;
  readonly #session: Session;
  readonly #quiet = new QuietRows();
  readonly #clean = new CleanTimes();
  /** Followed from the first drain on. */
  readonly #budgets: () => Budgets;
  #round: Round;

  constructor(followed: FollowedNodes, session: Session) {
    const { cluster, clock, signal } = session;
    this.#followed = followed;
    this.#session = session;
    this.#budgets = once(() => followBudgets(cluster, clock, signal));
    this.#round = this.#nextRound();
  }

  /** Looks once more. Rejects where the session ends meanwhile. */
  async look(): Promise<Seen> {
    const { clock } = this.#session;
    if (clock.now() >= this.#round.endsAt) this.#round = this.#nextRound();
    const { memory, unreadable, missing, events } = this.#round;
    const nodes = await this.#followed.now();
    const podsOn = this.#followed.podsOn.bind(this.#followed);
    const depth = { format: 'wide', podsOn, memory } as const;
    const report = await reportOn(nodes.filter(isOfInterest), depth, this.#session, unreadable);
    const { lost, released } = await events();
    const now = clock.now();
    const rows = await this.#rowsOf(nodes, report.nodes, now);
    unreadable.tell(screenOf((line) => missing.push(line)));
    const remarks: Line[] = [];
    const told = { ...report, lost, released: releasedDuring(report.nodes, { lost, released }) };
    tellStatus(
      told,
      'wide',
      screenOf((line) => remarks.push(line)),
      now,
    );
    return { rows, remarks: [...remarks, ...missing] };
  }

  #nextRound(): Round {
    const { cluster, clock, signal } = this.#session;
    const unreadable = new Unreadable(signal);
    return {
      endsAt: clock.now() + READ_AGAIN_MS,
      memory: readingMemory(clock, READ_AGAIN_MS),
      unreadable,
      missing: [],
      events: once(() => readFromEvents(ALL, cluster, unreadable)),
      work: once(async () => {
        const { catalogue } = (await policyInForce(cluster)).policy;
        return eachOnce((pod: PodFacts) => activeWorkOf(pod, catalogue));
      }),
    };
  }

  async #rowsOf(
    nodes: readonly NodeSnapshot[],
    statuses: readonly NodeStatus[],
    now: number,
  ): Promise<readonly NodeRow[]> {
    const known = new Map(
      await Promise.all(statuses.map(async (status) => [status.name, await this.#heldOf(status, now)] as const)),
    );
    return nodes.map((node) => {
      const held = isInMaintenance(node.facts) ? known.get(node.facts.name) : undefined;
      return held === undefined ? this.#quiet.of(node, now) : rowFrom(held.status, node, now, held.more);
    });
  }

  async #heldOf(status: NodeStatus, now: number): Promise<{ readonly status: NodeStatus; readonly more: OfHeld }> {
    const drain = await this.#drainOf(status, now);
    return { status, more: { cleanSince: this.#clean.since(status, now), drain } };
  }

  async #drainOf({ name, state, mode, podsLeft }: NodeStatus, now: number): Promise<NodeRow['drain']> {
    const pods = this.#followed.podsOn(name);
    if (state !== 'Initiated' || mode === 'cordon' || podsLeft === 0 || pods === undefined) return null;
    const budgets = this.#budgets();
    const [workOf] = await Promise.all([this.#round.work(), budgets.first]);
    return drainNow(drainLeft(name, pods, workOf), budgets, now);
  }
}
