import { describe, expect, test } from 'vitest';
import {
  answerFor,
  IN_DOUBT_MS,
  MADE_AGAIN_MS,
  predictedTurns,
  PRIMARY_WAITS_MS,
  standingOf,
  type AskedMember,
  type Candidate,
  type DatabaseState,
  type Tie,
} from '../../../../plugin/drain/database.ts';
import type { Member } from '../../../../plugin/drain/members.ts';
import { podFacts } from '../world.ts';

const NOW = 1_000_000_000;
const NAME = 'CloudNativePG shop/main';

/** Each member by one word: how it is; `!` behind it: the primary. */
interface Given {
  readonly members: Readonly<Record<string, 'ready' | 'ready!' | 'late' | 'late!' | 'homeless' | 'leaving'>>;
  readonly asked?: Partial<AskedMember> & Pick<AskedMember, 'name'>;
  readonly toGo?: readonly string[];
  readonly ties?: Readonly<Record<string, Tie>>;
  readonly movedAt?: number;
}

function memberOf(name: string, how: string): Member {
  return {
    uid: name,
    name,
    database: NAME,
    isPrimary: how.endsWith('!'),
    isReady: how.startsWith('ready'),
    isLeaving: how === 'leaving',
    unplaced: how === 'homeless' ? podFacts(name) : undefined,
  };
}

function stateOf({ members, asked, toGo = [], ties = {}, movedAt = -Infinity }: Given): DatabaseState {
  return {
    name: NAME,
    members: new Map(Object.entries(members).map(([name, how]) => [name, memberOf(name, how)])),
    asked: asked && { uid: asked.name, wanted: 3, inDoubtUntil: undefined, goneAt: undefined, ...asked },
    toGo: new Set(toGo),
    ties: new Map(Object.entries(ties)),
    movedAt,
  };
}

function candidate(name: string, { members }: DatabaseState, since = NOW): Candidate & { readonly name: string } {
  return { name, pod: { uid: name, nodeName: 'n1' }, member: members.get(name) ?? memberOf(name, 'ready'), since };
}

/** `turn`, or what it says that it waits for; `, for ever` where no waiting helps. */
function saidTo(name: string, given: Given, since = NOW, now = NOW): string {
  const state = stateOf(given);
  const answer = answerFor(candidate(name, state, since), state, standingOf(state), now);
  return answer.isTurn ? 'turn' : `${answer.cause.text}${answer.isFinal ? ', for ever' : ''}`;
}

const ALL = { a: 'ready!', b: 'ready', c: 'ready' } as const;
const AT_A_TIME = `one member of ${NAME} at a time: `;

describe('whether a member may go', () => {
  test.each<readonly [string, string, Given, string]>([
    ['all are Ready', 'b', { members: ALL }, 'turn'],
    ['an only member', 'a', { members: { a: 'ready!' } }, 'turn'],
    ['another was asked', 'b', { members: ALL, asked: { name: 'c' } }, `${AT_A_TIME}c goes first`],
    ['it was asked itself', 'c', { members: ALL, asked: { name: 'c' } }, 'turn'],
    ['another goes', 'b', { members: { ...ALL, c: 'leaving' } }, `${AT_A_TIME}c goes first`],
    [
      'two others go, whoever asked them',
      'b',
      { members: { ...ALL, a: 'leaving', c: 'leaving' } },
      `${AT_A_TIME}a, c go first`,
    ],
    ['another is not Ready', 'b', { members: { ...ALL, c: 'late' } }, `${AT_A_TIME}c is not Ready`],
    [
      'another finds no node',
      'b',
      { members: { ...ALL, c: 'homeless' } },
      `${AT_A_TIME}c is not Ready, and no node takes c`,
    ],
    ['two others are not', 'c', { members: { a: 'late!', b: 'late', c: 'ready' } }, `${AT_A_TIME}a, b are not Ready`],
    ['it is not Ready itself: it serves nobody', 'c', { members: { ...ALL, c: 'late' } }, 'turn'],
    ['nor is another', 'c', { members: { ...ALL, b: 'late', c: 'late' } }, 'turn'],
    [
      'nor is it, while another was asked',
      'c',
      { members: { ...ALL, c: 'late' }, asked: { name: 'b' } },
      `${AT_A_TIME}b goes first`,
    ],
  ])('%s', (_what, name, given, expected) => {
    expect(saidTo(name, given)).toBe(expected);
  });
});

describe('when one has gone', () => {
  const gone = (at: number): Given => ({ members: { a: 'ready!', b: 'ready' }, asked: { name: 'c', goneAt: at } });

  test.each<readonly [string, Given, string]>([
    ['nobody has made it again', gone(NOW), `${AT_A_TIME}c is not made again yet`],
    [
      'a moment before it is not expected any more',
      gone(NOW - MADE_AGAIN_MS + 1),
      `${AT_A_TIME}c is not made again yet`,
    ],
    ['it is not expected any more: the database is smaller', gone(NOW - MADE_AGAIN_MS), 'turn'],
    ['its successor is not Ready', { ...gone(NOW), members: { ...ALL, c2: 'late' } }, `${AT_A_TIME}c2 is not Ready`],
    ['its successor is Ready', { ...gone(NOW), members: { a: 'ready!', b: 'ready', c2: 'ready' } }, 'turn'],
  ])('%s', (_what, given, expected) => {
    expect(saidTo('b', given)).toBe(expected);
  });

  test.each<readonly [string, number, Given['members'], string]>([
    ['nobody knows whether it goes', NOW + IN_DOUBT_MS, ALL, `${AT_A_TIME}c goes first`],
    ['it has not gone by then', NOW, ALL, 'turn'],
    ['it goes', NOW, { ...ALL, c: 'leaving' }, `${AT_A_TIME}c goes first`],
  ])('no answer told: %s', (_what, inDoubtUntil, members, expected) => {
    expect(saidTo('b', { members, asked: { name: 'c', inDoubtUntil } })).toBe(expected);
  });
});

describe('the primary', () => {
  const toGo = ['a', 'b', 'c'];

  test.each<readonly [string, Given, number, string]>([
    ['goes after the others', { members: ALL, toGo }, NOW, `the primary of ${NAME} goes last: b, c go first`],
    ['with no other to go', { members: ALL, toGo: ['a'] }, NOW, 'turn'],
    ['waits no longer than so', { members: ALL, toGo }, NOW - PRIMARY_WAITS_MS, 'turn'],
    [
      'waits on while they move',
      { members: ALL, toGo, movedAt: NOW - PRIMARY_WAITS_MS + 1 },
      NOW - 2 * PRIMARY_WAITS_MS,
      `the primary of ${NAME} goes last: b, c go first`,
    ],
    ['that is not Ready holds the others, and goes', { members: { ...ALL, a: 'late!' }, toGo }, NOW, 'turn'],
  ])('%s', (_what, given, since, expected) => {
    expect(saidTo('a', given, since)).toBe(expected);
  });

  test('is whoever is it by now', () => {
    const members = { a: 'ready', b: 'ready!' } as const;
    expect(saidTo('a', { members, toGo: ['a', 'b'] })).toBe('turn');
    expect(saidTo('b', { members, toGo: ['a', 'b'] })).toContain('goes last: a goes first');
  });
});

describe('a member whose volume is on a node that takes no pods', () => {
  const members = { ...ALL, c: 'late' } as const;
  const tie = (nodes: readonly string[], isWaitedFor = false): Tie => ({ volume: 'pv-c', nodes, isWaitedFor });

  test.each<readonly [string, Given['members'], Record<string, Tie>, string]>([
    [
      'elsewhere: no drain brings it back',
      members,
      { c: tie(['n2']) },
      `${AT_A_TIME}c cannot come back before node n2 does, where its volume pv-c is, for ever`,
    ],
    [
      'on one of several',
      members,
      { c: tie(['n2', 'n3']) },
      `${AT_A_TIME}c cannot come back before one of the nodes n2, n3 does, where its volume pv-c is, for ever`,
    ],
    [
      'elsewhere, and a run brings that node back',
      members,
      { c: tie(['n2'], true) },
      `${AT_A_TIME}c cannot come back before node n2 does, where its volume pv-c is`,
    ],
    ['here: it comes back with this very node, which has to be drained before', members, { c: tie(['n1']) }, 'turn'],
    [
      'here, beside one that is late for another reason',
      { ...members, a: 'late!' },
      { c: tie(['n1']) },
      `${AT_A_TIME}a, c are not Ready`,
    ],
  ])('%s', (_what, given, ties, expected) => {
    expect(saidTo('b', { members: given, ties })).toBe(expected);
  });
});

describe('a plan', () => {
  const predicted = (given: Given, names: readonly string[]): Record<string, string> => {
    const state = stateOf(given);
    const causes = predictedTurns(
      names.map((name) => candidate(name, state)),
      state,
      NOW,
    );
    return Object.fromEntries([...causes].map(([name, { text }]) => [name, text]));
  };

  test.each<readonly [string, Given, readonly string[], Record<string, string>]>([
    ['one goes at once', { members: ALL }, ['a'], {}],
    [
      'of several the primary is last',
      { members: ALL },
      ['a', 'c', 'b'],
      { a: `${AT_A_TIME}b goes first`, c: `${AT_A_TIME}b goes first` },
    ],
    ['who is not Ready is first', { members: { ...ALL, c: 'late' } }, ['b', 'c'], { b: `${AT_A_TIME}c goes first` }],
    [
      'all wait for who stays',
      { members: { ...ALL, c: 'late' } },
      ['a', 'b'],
      { a: `${AT_A_TIME}c is not Ready`, b: `${AT_A_TIME}c is not Ready` },
    ],
    ['nobody goes', { members: ALL }, [], {}],
  ])('%s', (_what, given, names, expected) => {
    expect(predicted(given, names)).toEqual(expected);
  });
});
