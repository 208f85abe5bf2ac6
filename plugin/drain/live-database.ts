import type { PodFacts } from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import { Notifier } from '../session/wait.ts';
import type { Cause } from './cause.ts';
import {
  answerFor,
  IN_DOUBT_MS,
  predictedTurns,
  standingOf,
  type Answer,
  type AskedMember,
  type Candidate,
  type DatabaseState,
  type Standing,
  type Tie,
} from './database.ts';
import type { Member } from './members.ts';

/** What came of asking a member to go; `unknown`: no answer tells. */
export type AskedOutcome = 'goes' | 'stays' | 'unknown';

/** Leave to ask for one member's eviction; what came of it has to be told. */
export interface MemberTurn {
  end(outcome: AskedOutcome): void;
}

/** A pod that is to go, as a member of its database. */
export interface WaitingMember {
  readonly pod: PodFacts;
  readonly member: Member;
}

/** A member that waits since a moment, in ms since the epoch. */
export function candidateFrom({ pod, member }: WaitingMember, since: number): Candidate {
  return { pod, member, since };
}

/** What following one needs. */
interface LiveDatabasePorts {
  readonly clock: Pick<Clock, 'now'>;
  /** What ties a pod that no node takes to nodes that take none; undefined where it waits for something else. */
  readonly tieOf: (pod: PodFacts) => Promise<Tie | undefined>;
}

/** One database, as it is followed. */
export class LiveDatabase implements DatabaseState {
  readonly name: string;
  readonly members = new Map<string, Member>();
  readonly toGo = new Set<string>();
  readonly ties = new Map<string, Tie>();
  readonly changes = new Notifier();
  readonly #ports: LiveDatabasePorts;
  /** Of members that find no node, by UID: resolves when it is known what ties them. */
  readonly #lookups = new Map<string, Promise<void>>();
  asked: AskedMember | undefined;
  movedAt = -Infinity;
  #standing: Standing | undefined;

  constructor(name: string, ports: LiveDatabasePorts) {
    this.name = name;
    this.#ports = ports;
  }

  put(member: Member): void {
    const { uid, unplaced } = member;
    this.members.set(uid, member);
    if (unplaced === undefined) this.#forgetTie(uid);
    this.#change();
  }

  remove(uid: string): void {
    this.members.delete(uid);
    this.#forgetTie(uid);
    if (this.asked?.uid === uid) this.#isGone(this.asked);
    this.#change();
  }

  announce(uid: string): void {
    this.toGo.add(uid);
    this.#change();
  }

  withdraw(uid: string): void {
    this.toGo.delete(uid);
    this.#change();
  }

  /** As it is by now: its labels and readiness may have changed since it was planned. */
  #asOfNow(candidate: Candidate): Candidate {
    return { ...candidate, member: this.members.get(candidate.pod.uid) ?? candidate.member };
  }

  answer(candidate: Candidate, now: number): Answer {
    this.#standing ??= standingOf(this);
    const answer = answerFor(this.#asOfNow(candidate), this, this.#standing, now);
    if (!answer.isTurn) this.#findTies(this.#standing);
    return answer;
  }

  /** What would hold each of some members, by UID, if all of them were asked to go now. */
  async predict(waiting: readonly WaitingMember[], now: number): Promise<ReadonlyMap<string, Cause>> {
    this.#findTies(standingOf(this));
    await Promise.all(this.#lookups.values());
    const candidates = waiting.map((one) => ({ ...this.#asOfNow(candidateFrom(one, now)), name: one.pod.name }));
    return predictedTurns(candidates, this, now);
  }

  /** Undefined where it is not, or no longer, this one's turn. */
  take(waiting: WaitingMember): MemberTurn | undefined {
    const { clock } = this.#ports;
    const { uid, name } = waiting.pod;
    // Whoever has waited for the others as long as a primary does need not wait for them again.
    if (!this.answer(candidateFrom(waiting, -Infinity), clock.now()).isTurn) return undefined;
    const wanted = standingOf(this).count;
    const asked: AskedMember = { uid, name, wanted, inDoubtUntil: undefined, goneAt: undefined };
    this.asked = asked;
    this.#change();
    return {
      end: (outcome) => {
        if (this.asked !== asked) return;
        if (outcome === 'stays') this.asked = undefined;
        else if (outcome === 'unknown') this.asked = { ...asked, inDoubtUntil: clock.now() + IN_DOUBT_MS };
        else if (!this.members.has(uid)) this.#isGone(asked);
        this.#change();
      },
    };
  }

  #isGone(asked: AskedMember): void {
    const now = this.#ports.clock.now();
    this.asked = { ...asked, goneAt: now };
    this.movedAt = now;
  }

  /** What ties those for which others wait: looked up once for each that finds no node. What cannot be read ties nobody. */
  #findTies({ late }: Standing): void {
    for (const { uid, unplaced } of late) {
      if (unplaced !== undefined && !this.#lookups.has(uid)) this.#lookups.set(uid, this.#findTie(unplaced));
    }
  }

  async #findTie(pod: PodFacts): Promise<void> {
    const tie = await this.#ports.tieOf(pod).catch(() => undefined);
    if (tie === undefined || !this.#lookups.has(pod.uid)) return;
    this.ties.set(pod.uid, tie);
    this.#change();
  }

  #forgetTie(uid: string): void {
    this.ties.delete(uid);
    this.#lookups.delete(uid);
  }

  #change(): void {
    this.#standing = undefined;
    this.changes.notify();
  }
}
