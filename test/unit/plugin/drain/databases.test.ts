import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { followDatabases, type Databases } from '../../../../plugin/drain/databases.ts';
import type { AskedOutcome } from '../../../../plugin/drain/live-database.ts';
import type { Tie } from '../../../../plugin/drain/database.ts';
import { REPLICATIONS } from '../../../../plugin/preflight/data/registry.ts';
import { podsPath, type PodFacts } from '../../../../shared/index.ts';
import { podFacts, podObject, settle, toldSession, type PodShape } from '../world.ts';

const PATH = podsPath('default');

/** A member of a database of CloudNativePG. */
function memberShape(database: string, role: 'primary' | 'replica' = 'replica'): PodShape {
  return { labels: { 'cnpg.io/cluster': database, 'cnpg.io/podRole': 'instance', 'cnpg.io/instanceRole': role } };
}

/** Databases whose members only the test moves. */
function worldOf(pods: Readonly<Record<string, PodShape>>, tie?: Tie) {
  const stop = new AbortController();
  const { cluster, clock } = toldSession(stop.signal);
  cluster.lists.set(
    PATH,
    Object.entries(pods).map(([name, shape]) => podObject(name, shape)),
  );
  const ports = { cluster, clock, signal: stop.signal, systems: REPLICATIONS };
  const databases = followDatabases({ ...ports, tieOf: () => Promise.resolve(tie) });
  return {
    databases,
    cluster,
    clock,
    stop,
    change: (name: string, shape: PodShape) => {
      cluster.tell(PATH, 'changed', podObject(name, { ...pods[name], ...shape }));
    },
    remove: (name: string) => {
      cluster.tell(PATH, 'removed', podObject(name, pods[name]));
    },
  };
}

/** Waits for a turn; what it says meanwhile, each reason once, and when it has it. */
function waiting(pod: PodFacts, databases: Databases, signal = new AbortController().signal) {
  const said: string[] = [];
  const state = { said, isTurn: false, final: undefined as string | undefined };
  void databases
    .turn(
      pod,
      ({ text }) => {
        if (said.at(-1) !== text) said.push(text);
      },
      signal,
    )
    .then((cause) => {
      state.isTurn = cause === undefined;
      state.final = cause?.text;
    });
  return state;
}

const AT_A_TIME = 'one member of CloudNativePG default/main at a time: ';
const TRIO = { a: memberShape('main', 'primary'), b: memberShape('main'), c: memberShape('main') };
const [A, B, C] = [podFacts('a', TRIO.a), podFacts('b', TRIO.b), podFacts('c', TRIO.c)];

describe('turns of members', () => {
  test('the next has its turn when the successor of the one before is Ready', async () => {
    const world = worldOf(TRIO);
    const { databases } = world;
    const first = waiting(B, databases);
    await settle();
    expect(first).toMatchObject({ isTurn: true, said: [] });
    const turn = databases.take(B);
    const second = waiting(C, databases);
    await settle();
    expect(databases.take(C)).toBeUndefined();
    turn?.end('goes');
    world.change('b', { deletionTimestamp: '2026-01-05T22:10:30Z' });
    await settle();
    world.remove('b');
    await settle();
    world.change('b2', { ...TRIO.b, ready: false });
    await settle();
    expect(second).toEqual({
      isTurn: false,
      final: undefined,
      said: [`${AT_A_TIME}b goes first`, `${AT_A_TIME}b is not made again yet`, `${AT_A_TIME}b2 is not Ready`],
    });
    world.change('b2', TRIO.b);
    await settle();
    expect(second.isTurn).toBe(true);
    expect(databases.take(C)).toBeDefined();
  });

  test('one that stays gives its turn back at once; one of which nobody knows after a while', async () => {
    const { databases, clock } = worldOf(TRIO);
    const next = waiting(B, databases);
    await settle();
    databases.take(C)?.end('stays');
    expect(databases.take(B)).toBeDefined();
    databases.take(B)?.end('unknown');
    expect(databases.take(C)).toBeUndefined();
    const other = waiting(C, databases);
    await clock.pass(5000);
    expect([next.isTurn, other.isTurn]).toEqual([true, true]);
  });

  test('the primary lets go first what is to go on any node, until that drain is over', async () => {
    const { databases } = worldOf(TRIO);
    databases.announce([A]);
    const over = databases.announce([B, C]);
    const primary = waiting(A, databases);
    await settle();
    expect(primary.said).toEqual(['the primary of CloudNativePG default/main goes last: b, c go first']);
    over();
    await settle();
    expect(primary.isTurn).toBe(true);
  });

  test('who cannot come back holds the others for good, with what ties it', async () => {
    const world = worldOf(TRIO, { volume: 'pv-b', nodes: ['n2'], isWaitedFor: false });
    const waits = waiting(C, world.databases);
    await settle();
    expect(waits.isTurn).toBe(true);
    world.cluster.tell(PATH, 'changed', {
      ...podObject('b', { ...TRIO.b, nodeName: '' }),
      status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] },
    });
    const held = waiting(C, world.databases);
    await settle();
    expect(held.final).toBe(`${AT_A_TIME}b cannot come back before node n2 does, where its volume pv-b is`);
  });

  test('ends early with the signal', async () => {
    const { databases } = worldOf({ ...TRIO, a: { ...TRIO.a, ready: false } });
    const stop = new AbortController();
    const waits = waiting(B, databases, stop.signal);
    await settle();
    expect(waits).toMatchObject({ isTurn: false, said: [`${AT_A_TIME}a is not Ready`] });
    stop.abort();
    await settle();
    expect(waits.isTurn).toBe(true);
  });

  test('a pod of no database has its turn always, and nothing is followed for it', async () => {
    const { databases, cluster } = worldOf(TRIO);
    const web = podFacts('web');
    databases.announce([web]);
    expect(await databases.turn(web, () => undefined, new AbortController().signal)).toBeUndefined();
    databases.take(web)?.end('goes');
    expect(databases.take(web)).toBeDefined();
    expect(cluster.followed).toEqual([]);
  });

  test('one watch for all databases of a namespace that are replicated in the same way', async () => {
    const { databases, cluster } = worldOf(TRIO);
    databases.announce([A, B, podFacts('x', memberShape('other'))]);
    await databases.predict([A, C]);
    expect(cluster.followed).toEqual([{ path: PATH, query: { labelSelector: 'cnpg.io/podRole=instance' } }]);
  });
});

/** What happens to a member that is asked to go. */
const outcome = fc.constantFrom<AskedOutcome | 'unknown, goes'>('goes', 'goes', 'stays', 'unknown', 'unknown, goes');

const drains = fc.record({
  /** Of each database, how many members it has, and how many of these are to go. */
  databases: fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })), {
    minLength: 1,
    maxLength: 3,
  }),
  outcomes: fc.array(outcome, { maxLength: 12 }),
  /** Who has his turn and waits for something else before he takes it, a budget for example. */
  waits: fc.array(fc.boolean(), { maxLength: 12 }),
  /** Which of the things that may happen next does. */
  picks: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
});

test('never two members of a database at once, and everybody gets his turn', async () => {
  await fc.assert(
    fc.asyncProperty(drains, async ({ databases: sizes, outcomes, waits, picks }) => {
      const members = sizes.flatMap(([count, going], database) =>
        Array.from({ length: count }, (_, index) => ({
          name: `m${database}-${index}`,
          database: `d${database}`,
          isToGo: index < going,
          shape: memberShape(`d${database}`, index === 0 ? 'primary' : 'replica'),
        })),
      );
      const world = worldOf(Object.fromEntries(members.map(({ name, shape }) => [name, shape])));
      const { databases } = world;
      const [results, held, choices] = [[...outcomes], [...waits], [...picks]];
      /** Members that are not there, or not Ready. */
      const away = new Map<string, string>();
      /** What may happen next, in any order. */
      const ahead: (() => void)[] = [];
      const later = (): Promise<void> => new Promise((resolve) => ahead.push(resolve));
      const wrong: string[] = [];
      let open = 0;
      const leave = async (name: string, shape: PodShape): Promise<void> => {
        await later();
        world.remove(name);
        await later();
        world.change(`${name}-again`, { ...shape, ready: false });
        await later();
        away.delete(name);
        world.change(`${name}-again`, shape);
      };
      const drain = async ({ name, database, shape }: (typeof members)[number]): Promise<void> => {
        const pod = podFacts(name, shape);
        for (;;) {
          await databases.turn(pod, () => undefined, world.stop.signal);
          if (held.shift() === true) await later();
          const turn = databases.take(pod);
          if (turn === undefined) continue;
          const missing = [...away].filter(([other, of]) => of === database && other !== name);
          if (missing.length > 0)
            wrong.push(`${name} was asked while ${missing.map(([other]) => other).join()} was away`);
          const result = results.shift() ?? 'goes';
          const goes = result === 'goes' || result === 'unknown, goes';
          if (goes) away.set(name, database);
          await later();
          // A healthy watch tells of it before anybody stops to wonder.
          if (goes) world.change(name, { ...shape, deletionTimestamp: '2026-01-05T22:10:30Z' });
          turn.end(result === 'unknown, goes' ? 'unknown' : result);
          if (goes) return leave(name, shape);
          await later();
        }
      };
      for (const member of members.filter(({ isToGo }) => isToGo)) {
        open += 1;
        databases.announce([podFacts(member.name, member.shape)]);
        void drain(member).then(() => {
          open -= 1;
        });
      }
      await settle();
      for (let idle = 0; open > 0 && idle < 3;) {
        const next = ahead.splice((choices.shift() ?? 0) % Math.max(1, ahead.length), 1)[0];
        idle = next === undefined ? idle + 1 : 0;
        next?.();
        // Without anything ahead only time is left: a member of which nobody knows whether it goes.
        if (next === undefined) await world.clock.pass(5000);
        await settle();
      }
      world.stop.abort();
      expect({ wrong, open }).toEqual({ wrong: [], open: 0 });
    }),
    { numRuns: 60 },
  );
});
