import type { PodFacts } from '../../shared/index.ts';
import { causeOf, listed, type Cause } from './cause.ts';
import type { Member } from './members.ts';

/**
 * How long the members that stay hold the next one for a member that has gone and that nobody has made again, in ms: an operator
 * that is moved by the same drain needs a minute or two. After that there are as many members as somebody wants.
 */
export const MADE_AGAIN_MS = 300_000;

/**
 * How long a primary lets members go first that do not move, in ms: as long as pods of low priority hold the others. What is
 * at stake is a second switch-over.
 */
export const PRIMARY_WAITS_MS = 300_000;

/** How long a member may go all the same whose eviction was asked for without an answer, in ms: a healthy watch tells in one. */
export const IN_DOUBT_MS = 5000;

/** The member that was asked to go last. */
export interface AskedMember {
  readonly uid: string;
  readonly name: string;
  /** How many members there were then. */
  readonly wanted: number;
  /** Until when nobody knows whether it goes; undefined: the API server has answered, or will. In ms since the epoch. */
  readonly inDoubtUntil: number | undefined;
  /** When it was gone, in ms since the epoch. */
  readonly goneAt: number | undefined;
}

/** What keeps a member from coming back: its volume is to be had from nodes alone that take no pods. */
export interface Tie {
  readonly volume: string;
  readonly nodes: readonly string[];
  /** Whether those nodes come back while the members wait: a run brings back what it takes. */
  readonly isWaitedFor: boolean;
}

/** A replicated database, as it is now. */
export interface DatabaseState {
  /** `CloudNativePG shop/main` */
  readonly name: string;
  /** By UID; without those that have ended. */
  readonly members: ReadonlyMap<string, Member>;
  readonly asked: AskedMember | undefined;
  /** UIDs of members on nodes whose drains are under way. */
  readonly toGo: ReadonlySet<string>;
  /** By UID of members that no node takes. */
  readonly ties: ReadonlyMap<string, Tie>;
  /** When a member was asked to go, or was gone, last; in ms since the epoch. */
  readonly movedAt: number;
}

/** Whether a member may be asked to go. `isFinal`: no waiting helps. `until`: when that may change without any news. */
export type Answer =
  | { readonly isTurn: true }
  | { readonly isTurn: false; readonly cause: Cause; readonly until: number; readonly isFinal: boolean };

/** What is the same for all members of a database: found out once after each change, however many wait. */
export interface Standing {
  /** Members that are not Ready, or go already; by name. */
  readonly late: readonly Member[];
  /** Members other than the primary that are to go, and do not go yet; by name. */
  readonly before: readonly string[];
  /** How many do not go. */
  readonly count: number;
}

/** A member that waits for its turn. */
export interface Candidate {
  readonly pod: Pick<PodFacts, 'uid' | 'nodeName'>;
  readonly member: Pick<Member, 'isPrimary' | 'isReady'>;
  /** Since when it waits, in ms since the epoch. */
  readonly since: number;
}

/** Looks at a database as a whole. */
export function standingOf({ members, toGo }: DatabaseState): Standing {
  const all = [...members.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    late: all.filter(({ isReady }) => !isReady),
    before: all.filter(({ uid, isPrimary, isLeaving }) => toGo.has(uid) && !isPrimary && !isLeaving).map(nameOf),
    count: all.filter(({ isLeaving }) => !isLeaving).length,
  };
}

const TURN: Answer = { isTurn: true };

/**
 * Whether a member may be asked to go now. One at a time: nobody else goes, and whoever went is Ready again; the primary after
 * the others. A member that is not Ready serves nobody: it waits for no other to be Ready, so that none of them waits for ever.
 */
export function answerFor(candidate: Candidate, state: DatabaseState, standing: Standing, now: number): Answer {
  const { pod, member } = candidate;
  const { asked } = state;
  if (asked !== undefined && asked.uid !== pod.uid && isGoing(asked, state, now))
    return held(goesFirst([asked.name], state), asked.inDoubtUntil);
  if (!member.isReady) return TURN;
  return (
    whileOthersAreLate(pod, state, standing, now) ??
    (member.isPrimary ? asPrimary(candidate, state, standing, now) : TURN)
  );
}

/** Once it is gone it goes no more; whether its successor is there is another question. */
function isGoing({ uid, inDoubtUntil, goneAt }: AskedMember, { members }: DatabaseState, now: number): boolean {
  if (goneAt !== undefined) return false;
  return inDoubtUntil === undefined || now < inDoubtUntil || members.get(uid)?.isLeaving === true;
}

/** Undefined where every other member is Ready, or waiting for them helps nobody. */
function whileOthersAreLate(
  { nodeName }: Candidate['pod'],
  state: DatabaseState,
  { late, count }: Standing,
  now: number,
): Answer | undefined {
  const leaving = late.filter(({ isLeaving }) => isLeaving);
  if (leaving.length > 0) return held(goesFirst(leaving.map(nameOf), state));
  if (late.length > 0) return whileNotReady(late, nodeName, state);
  const { asked } = state;
  const until = (asked?.goneAt ?? -Infinity) + MADE_AGAIN_MS;
  if (asked === undefined || count >= asked.wanted || now >= until) return undefined;
  return held(memberCause(`${asked.name} is not made again yet`, state), until);
}

/**
 * Members that are tied to the very node that is being drained come back when it does, and it does not before it is drained:
 * they hold nobody there. Tied to others, they are back when those are, which no drain can bring about.
 */
function whileNotReady(late: readonly Member[], nodeName: string, state: DatabaseState): Answer | undefined {
  const ties = late.flatMap(({ uid, name }) => {
    const tie = state.ties.get(uid);
    return tie === undefined ? [] : [{ name, ...tie }];
  });
  const far = ties.find(({ nodes }) => !nodes.includes(nodeName));
  if (ties.length < late.length) return held(memberCause(notReady(late), state));
  if (far === undefined) return undefined;
  const back = `${far.name} cannot come back before ${nodesTitle(far.nodes)}, where its volume ${far.volume} is`;
  const cause = { ...memberCause(back, state), key: `tied ${state.name}` };
  return { ...held(cause), isFinal: !far.isWaitedFor };
}

function notReady(late: readonly Member[]): string {
  const homeless = late.filter(({ unplaced }) => unplaced !== undefined).map(nameOf);
  const why = homeless.length === 0 ? '' : `, and no node takes ${listed(homeless)}`;
  return `${listed(late.map(nameOf))} ${late.length === 1 ? 'is' : 'are'} not Ready${why}`;
}

function nodesTitle(nodes: readonly string[]): string {
  return nodes.length === 1 ? `node ${nodes.join()} does` : `one of the nodes ${listed(nodes)} does`;
}

function asPrimary({ since }: Candidate, state: DatabaseState, { before }: Standing, now: number): Answer {
  const until = Math.max(since, state.movedAt) + PRIMARY_WAITS_MS;
  if (before.length === 0 || now >= until) return TURN;
  const cause = databaseCause('order', `the primary of ${state.name} goes last: ${first(before)}`, state);
  return held({ ...cause, key: `primary ${state.name}` }, until);
}

function held(cause: Cause, until = Infinity): Extract<Answer, { readonly isTurn: false }> {
  return { isTurn: false, cause, until, isFinal: false };
}

/** It waits for nothing but its turn. */
function goesFirst(names: readonly string[], state: Pick<DatabaseState, 'name'>): Cause {
  return databaseCause('order', `one member of ${state.name} at a time: ${first(names)}`, state);
}

function first(names: readonly string[]): string {
  return `${listed(names)} ${names.length === 1 ? 'goes' : 'go'} first`;
}

function memberCause(why: string, state: Pick<DatabaseState, 'name'>): Cause {
  return databaseCause('member', `one member of ${state.name} at a time: ${why}`, state);
}

function databaseCause(kind: 'order' | 'member', text: string, { name }: Pick<DatabaseState, 'name'>): Cause {
  return { ...causeOf(kind, text), key: `${kind} ${name}` };
}

function nameOf({ name }: Pick<Member, 'name'>): string {
  return name;
}

/**
 * What would hold each of some members of a database if all of them were asked to go now, in the order of their turns; without
 * those that would go at once.
 */
export function predictedTurns(
  candidates: readonly (Candidate & { readonly name: string })[],
  state: DatabaseState,
  now: number,
): ReadonlyMap<string, Cause> {
  const rank = ({ member }: Candidate): number => (member.isReady ? (member.isPrimary ? 2 : 1) : 0);
  const [next, ...others] = [...candidates].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  if (next === undefined) return new Map();
  const answer = answerFor(next, state, standingOf(state), now);
  return new Map([
    ...(answer.isTurn ? [] : [[next.pod.uid, answer.cause] as const]),
    ...others.map(({ pod }) => [pod.uid, answer.isTurn ? goesFirst([next.name], state) : answer.cause] as const),
  ]);
}
