import type { ClusterReader, PodFacts } from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import { repeat } from '../session/wait.ts';
import type { Announcer } from '../nodes/announce.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import type { Report } from '../session/report.ts';
import type { DrainEvent, NodeProgress, PodName } from './events.ts';
import type { DrainFlags } from './options.ts';
import type { Budgets } from './budgets.ts';
import { budgetCause, groupCauses, renderGroups, type Cause, type CauseGroup } from './cause.ts';
import type { Migrations } from './migrations.ts';
import type { DrainListener } from './ports.ts';
import { podName, type DrainPlan } from './plan.ts';
import { readNotReady } from './not-ready.ts';
import { withResponders } from './responders.ts';

/** How often the terminal, and the node's condition, tell what is left: often enough to see it move, and no flood of writes. */
const PROGRESS_MS = 5000;

/** How often a node whose turn comes later says that it is not forgotten: hundreds may wait. */
const QUEUED_MS = 30_000;

/** What telling of a drain needs. */
export interface ProgressPorts {
  readonly node: NodeSnapshot;
  readonly report: Report<DrainEvent>;
  readonly announcer: Announcer;
  readonly clock: Clock;
  readonly reader: ClusterReader;
  readonly budgets: Pick<Budgets, 'current'>;
  readonly migrations: Migrations;
  /** What becomes of pods. */
  readonly word: 'evicted' | 'deleted';
}

/** How far one node has come: told to people and scripts pod by pod, and from time to time as a whole, and to the node. */
export class Progress implements DrainListener {
  readonly #ports: ProgressPorts;
  readonly #waiting = new Map<string, readonly [PodFacts, Cause]>();
  /** How far the migrations of machines were told, by UID of their pods. */
  readonly #steps = new Map<string, string>();
  /** Turns of databases that were told, by UID of the pods that wait for them. */
  readonly #turns = new Map<string, Set<string>>();
  readonly #done = new Set<string>();
  /** Pods that nobody confirms to be gone, by UID. */
  readonly #unconfirmed = new Map<string, PodFacts>();
  /** Every pod that was to go. */
  readonly #all = new Set<string>();
  /** Pods that are not Ready, by the key of the budget that wants them. */
  #notReady: ReadonlyMap<string, readonly string[]> = new Map();
  #phase: NodeProgress['phase'] = 'pods';
  #causes: readonly CauseGroup[] = [];
  #blockedTold = false;

  constructor(ports: ProgressPorts) {
    this.#ports = ports;
  }

  /** Whether nothing more is expected of this pod: where somebody answers on its node, a confirmation is. */
  isDone({ uid }: PodFacts, isUnreachable: boolean): boolean {
    return this.#done.has(uid) && (isUnreachable || !this.#unconfirmed.has(uid));
  }

  /** Those pods whose deletion was asked for, and that nobody has confirmed to be gone. */
  get unconfirmedPods(): readonly PodFacts[] {
    return [...this.#unconfirmed.values()];
  }

  /** Some more pods are to go; the node says so from now on, unless it has said so when it was marked. */
  begin({ evict, waitFor }: DrainPlan, isTold: boolean): void {
    for (const { uid } of [...evict, ...waitFor.map(({ pod }) => pod)]) {
      this.#all.add(uid);
      this.#done.delete(uid);
    }
    if (!isTold) void this.#tellNode();
  }

  /** Its turn comes later: the node says from time to time that somebody goes on with it, until the signal aborts. */
  async queue(plan: DrainPlan | undefined, signal: AbortSignal): Promise<void> {
    if (plan !== undefined) this.begin(plan, true);
    await repeat(QUEUED_MS, () => this.#tellNode(), { clock: this.#ports.clock, signal });
  }

  /** The pods are gone, and something else is waited for. */
  await(phase: 'volumes' | 'replacements', causes: readonly CauseGroup[]): void {
    this.#phase = phase;
    this.#causes = causes;
  }

  waiting(pod: PodFacts, why: Cause): void {
    const cause = withResponders(why, pod);
    this.#waiting.set(pod.uid, [pod, cause]);
    const { node, announcer } = this.#ports;
    if (!this.#tellMigration(pod) && !this.#isTurnTold(pod, cause)) this.#tellWaiting(pod, cause);
    if (this.#blockedTold || cause.kind === 'running' || cause.kind === 'order') return;
    this.#blockedTold = true;
    const message = `${podName(pod)}: ${cause.text}`;
    void announcer.event(node.facts, { type: 'Warning', reason: 'DrainBlocked', message });
  }

  #tellWaiting(pod: PodFacts, { text }: Cause): void {
    const { node, report } = this.#ports;
    report.tell({ type: 'waiting', node: node.facts.name, pod: nameOf(pod), why: text, dryRun: undefined });
  }

  /**
   * Whoever waits for the turns of others hears of each of them: of many members that would be lines by their square. Each is
   * told once of its turn, and once of a member that is missing; the progress says which one it is now.
   */
  #isTurnTold({ uid }: PodFacts, { kind, key }: Cause): boolean {
    if (kind !== 'order' && kind !== 'member') return false;
    const told = this.#turns.get(uid) ?? new Set();
    const isTold = told.has(key);
    this.#turns.set(uid, told.add(key));
    return isTold;
  }

  /** Told again when it has come further; whether there is one at all. */
  #tellMigration(pod: PodFacts): boolean {
    const migration = this.#ports.migrations.of(pod);
    if (migration === undefined) return false;
    if (this.#steps.get(pod.uid) !== migration.step) this.#tellWaiting(pod, migration);
    this.#steps.set(pod.uid, migration.step);
    return true;
  }

  going({ uid }: PodFacts): void {
    this.#waiting.delete(uid);
  }

  gone(pod: PodFacts): void {
    this.#end(pod);
    this.#unconfirmed.delete(pod.uid);
    const { node, report } = this.#ports;
    report.tell({ type: this.#ports.word, node: node.facts.name, pod: nameOf(pod), dryRun: undefined });
  }

  unconfirmed(pod: PodFacts): void {
    this.#end(pod);
    this.#unconfirmed.set(pod.uid, pod);
    const { node, report } = this.#ports;
    report.tell({ type: 'unconfirmed', node: node.facts.name, pod: nameOf(pod) });
  }

  /** As of now. */
  get now(): NodeProgress {
    const causes =
      this.#phase === 'pods' ? groupCauses(this.#causesNow(), (cause) => this.#explained(cause)) : this.#causes;
    return {
      node: this.#ports.node.facts.name,
      phase: this.#phase,
      left: this.#all.size - this.#done.size,
      total: this.#all.size,
      causes,
    };
  }

  /** What KubeVirt does with a machine tells more than why its pod's eviction was refused. */
  #causesNow(): readonly (readonly [PodFacts, Cause])[] {
    return [...this.#waiting.values()].map(([pod, cause]) => [pod, this.#ports.migrations.of(pod) ?? cause]);
  }

  /** Tells from time to time until the signal aborts. */
  async tick(signal: AbortSignal): Promise<void> {
    const { report, clock } = this.#ports;
    const tell = async (): Promise<void> => {
      this.#notReady = await this.#readNotReady(signal);
      for (const [pod] of this.#waiting.values()) this.#tellMigration(pod);
      report.tell({ type: 'progress', ...this.now });
      await this.#tellNode();
    };
    await repeat(PROGRESS_MS, tell, { clock, signal });
  }

  #end(pod: PodFacts): void {
    this.#done.add(pod.uid);
    this.#waiting.delete(pod.uid);
  }

  #explained(cause: Cause): Cause {
    if (cause.budget === undefined) return cause;
    return budgetCause(this.#ports.budgets.current(cause.budget), this.#notReady.get(cause.key) ?? []);
  }

  /** A budget that is short of healthy pods waits for those: which ones is what people want to know. */
  async #readNotReady(signal: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>> {
    const short = new Map<string, NonNullable<Cause['budget']>>();
    for (const [, { key, budget }] of this.#waiting.values()) {
      const now = budget && this.#ports.budgets.current(budget);
      if (now !== undefined && now.healthy < now.expected) short.set(key, now);
    }
    const read = [...short].map(
      async ([key, budget]) => [key, await readNotReady(budget, this.#ports.reader, signal)] as const,
    );
    return new Map(await Promise.all(read));
  }

  async #tellNode(): Promise<void> {
    const { node, announcer } = this.#ports;
    const [reason, message] = ['AdminRequested', summaryOf(this.now)];
    await announcer.conditions(node, [
      { type: 'DrainInProgress', status: 'True', reason, message },
      { type: 'Drained', status: 'False', reason, message },
    ]);
  }
}

/** kubectl's word for what becomes of pods. */
export function wordFor({ drain }: { readonly drain: DrainFlags }): ProgressPorts['word'] {
  return drain.disableEviction ? 'deleted' : 'evicted';
}

/** A pod as events name it. */
export function nameOf({ namespace, name }: PodFacts): PodName {
  return { namespace, name };
}

/** `3 of 10 pods left; why: ns/a, ns/b` */
export function summaryOf({ phase, left, total, causes }: NodeProgress): string {
  const what = phase === 'pods' ? `${left} of ${total} pods left` : 'no pods left';
  const why = renderGroups(causes);
  return why === '' ? what : `${what}; ${why}`;
}
