import fc from 'fast-check';
import { expect, test } from 'vitest';
import { carriedPatch, markPatch, recordOf, statePatch, type NodePatch } from '../../../../plugin/nodes/mark.ts';
import { beginReturn, endReturn } from '../../../../plugin/nodes/return.ts';
import { snapshotFromObject, type NodeSnapshot } from '../../../../plugin/nodes/snapshot.ts';
import { undoPatch } from '../../../../plugin/nodes/undo.ts';
import { isObject, withException, type Claim, type ClaimKey } from '../../../../shared/index.ts';
import { nodeObject } from '../world.ts';

const NOW = '2026-01-05T22:10:00Z';

/** What a JSON merge patch makes of a value (RFC 7386). */
function merged(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, merged(result.get(key), value));
  }
  return Object.fromEntries(result);
}

/** One Node, written by compare-and-swap: every write is made from the node as it is at that moment. */
class OneNode {
  #object: unknown = nodeObject('n1');
  /** Moments: each write is one. */
  time = 0;

  get now(): NodeSnapshot {
    const snapshot = snapshotFromObject(this.#object);
    if (snapshot === undefined) throw new Error('no node');
    return snapshot;
  }

  write(patch: NodePatch | undefined): void {
    if (patch === undefined) return;
    this.time += 1;
    this.#object = merged(this.#object, {
      ...patch,
      metadata: { ...patch.metadata, resourceVersion: String(this.time) },
    });
  }
}

/** What somebody was told to rely on: the node is in maintenance for this owner. */
interface Wish {
  readonly owner: string;
  readonly since: number;
  isEnded: boolean;
}

interface World {
  readonly node: OneNode;
  readonly wishes: Wish[];
}

type Actor = (world: World, id: string) => Generator<undefined, void>;

interface On {
  readonly owner: string;
  readonly mode: Claim['mode'];
  readonly end: 'complete' | 'back out' | 'killed';
}

/** An `on`; how it ends after its mark. */
function on({ owner, mode, end }: On): Actor {
  return function* run({ node, wishes }, id) {
    yield;
    const original = node.now;
    const claim: Claim = { owner, mode, since: NOW, id };
    const state = mode === 'cordon' ? 'complete' : 'initiated';
    node.write(markPatch(node.now, claim, { state, protect: true, adopt: false, roleLabel: false, isChange: false }));
    const wish = { owner, since: node.time, isEnded: end === 'back out' };
    wishes.push(wish);
    yield;
    if (end === 'back out') node.write(undoPatch(node.now, { original, claim, adopted: false, now: NOW }));
    const isWanted = recordOf(node.now)?.claims.some((one) => one.owner === owner) === true;
    if (end === 'complete' && isWanted && node.now.facts.state !== 'returning')
      node.write(statePatch(node.now, 'complete', NOW));
  };
}

/** An `off` of one owner, or of everybody: it chooses its claims, waits in the gate as long as it takes, and ends. */
function off(whose: string | undefined): Actor {
  return function* run({ node, wishes }) {
    const begun = node.time;
    const chosen: readonly ClaimKey[] = recordOf(node.now)?.claims ?? [];
    const claims = chosen.filter(({ owner }) => whose === undefined || owner === whose);
    if (claims.length === 0) return;
    yield;
    // Whatever it ends from here on, that is what it was asked for: wishes that were there when it began.
    const ends = (): void => {
      for (const wish of wishes) {
        if (wish.since <= begun && claims.some(({ owner }) => owner === wish.owner)) wish.isEnded = true;
      }
    };
    const first = beginReturn(node.now, { claims, now: NOW });
    if (first.patch !== undefined) ends();
    node.write(first.patch);
    if (first.step !== 'returns') return;
    yield;
    node.write(endReturn(node.now, { claims, now: NOW }).patch);
  };
}

function* allow({ node }: World): Generator<undefined, void> {
  yield;
  const record = recordOf(node.now);
  if (record === undefined) return;
  const exception = { rules: ['backup'], until: '2026-01-06T22:10:00Z', by: 'zoe', reason: 'test' };
  const carried = { record: withException(record, exception), state: node.now.facts.state, now: NOW };
  node.write(carriedPatch(node.now, carried));
}

const OWNERS = ['ana', 'ben'] as const;
const owner = fc.constantFrom(...OWNERS);
const actor: fc.Arbitrary<Actor> = fc.oneof(
  fc
    .record({ owner, mode: fc.constantFrom('drain', 'cordon'), end: fc.constantFrom('complete', 'back out', 'killed') })
    .map(on),
  fc.option(owner, { nil: undefined }).map(off),
  fc.constant(allow),
);

/** Who else's wish was ended, and by nobody who was asked to. */
function broken({ node, wishes }: World): readonly Wish[] {
  const { facts } = node.now;
  const claims = recordOf(node.now)?.claims ?? [];
  const isKept = (wish: Wish): boolean => facts.unschedulable && claims.some((claim) => claim.owner === wish.owner);
  return wishes.filter((wish) => !wish.isEnded && !isKept(wish));
}

test('however on, off and allow of two owners interleave: a node that was taken stays until an off that began later', () => {
  const schedule = fc.tuple(fc.array(actor, { minLength: 2, maxLength: 6 }), fc.array(fc.nat(5), { maxLength: 30 }));
  fc.assert(
    fc.property(schedule, ([actors, turns]) => {
      const world: World = { node: new OneNode(), wishes: [] };
      const runs = actors.map((one, index) => one(world, `claim-${index}`));
      for (const turn of [...turns, ...runs.keys(), ...runs.keys(), ...runs.keys(), ...runs.keys()]) {
        runs[turn % runs.length]?.next();
        expect(broken(world)).toEqual([]);
      }
      const isInMaintenance = recordOf(world.node.now) !== undefined;
      expect(world.node.now.facts.unschedulable).toBe(isInMaintenance);
    }),
    { numRuns: 1000 },
  );
});

test('an off in the gate: its owner takes the node again and has it back, or another owner has been there', () => {
  const world: World = { node: new OneNode(), wishes: [] };
  const steps = (run: Generator<undefined, void>, count: number): void => {
    for (let step = 0; step < count; step += 1) run.next();
  };
  steps(on({ owner: 'ana', mode: 'drain', end: 'complete' })(world, 'first'), 3);
  const first = off('ana')(world, '');
  steps(first, 2);
  expect(world.node.now.facts.state).toBe('returning');
  steps(on({ owner: 'ana', mode: 'drain', end: 'complete' })(world, 'second'), 3);
  const second = off('ana')(world, '');
  steps(second, 2);
  steps(first, 1);
  expect(world.node.now.facts).toMatchObject({ state: 'returning', unschedulable: true });
  steps(second, 1);
  expect(world.node.now.facts).toMatchObject({ unschedulable: false, record: { kind: 'none' } });
});

test('an off in the gate: a claim that a version without ids has renewed is not ended, either', () => {
  const node = new OneNode();
  const marking = { state: 'initiated', protect: true, adopt: false, roleLabel: false, isChange: false } as const;
  const claim: Claim = { owner: 'ana', mode: 'drain', since: NOW };
  node.write(markPatch(node.now, claim, marking));
  const returning = { claims: [claim], now: NOW };
  node.write(beginReturn(node.now, returning).patch);
  node.write(markPatch(node.now, claim, marking));
  expect(endReturn(node.now, returning)).toEqual({ step: 'retaken', owners: ['ana'], patch: undefined });
});
