import { describe, expect, test } from 'vitest';
import { Closing } from '../../../../../plugin/verbs/run/nodes-run.ts';
import type { Check } from '../../../../../plugin/verbs/run/between/checks.ts';
import { Turns, type TurnTerms } from '../../../../../plugin/verbs/run/between/turns.ts';
import { nodeSnapshot, settle, START, ToldClock } from '../../world.ts';

const MINUTE = 60_000;

/** Turns by a clock that the test moves, and what was noted. */
function begun(more: Partial<Omit<TurnTerms, 'flags'>> & { readonly flags?: Partial<TurnTerms['flags']> } = {}) {
  const [clock, closing, stopped, notes] = [new ToldClock(), new Closing(), new AbortController(), [] as string[]];
  const turns = new Turns({
    checks: [],
    windows: undefined,
    clock,
    signal: AbortSignal.any([stopped.signal, closing.signal]),
    closing,
    atOnce: 1,
    note: (text) => notes.push(text),
    ...more,
    flags: { soakMs: 0, checkTimeoutMs: 10 * MINUTE, waitsForWindow: false, ...more.flags },
  });
  /** Whether the turn of a node has come. */
  const comes = (name: string) => {
    const turn: { came: boolean | undefined } = { came: undefined };
    void turns.comes({ node: nodeSnapshot(name) }).then((came) => (turn.came = came));
    return turn;
  };
  return { clock, closing, stopped, notes, turns, comes };
}

describe('the soak', () => {
  test('lies between the end of a node and the one in its place, not before the first ones', async () => {
    const { clock, turns, comes, notes } = begun({ atOnce: 2, flags: { soakMs: 10 * MINUTE } });
    const [a, b] = [comes('a'), comes('b')];
    await settle();
    expect([a.came, b.came]).toEqual([true, true]);
    turns.ended(5);
    const third = comes('c');
    await clock.pass(4 * MINUTE);
    turns.ended(5);
    const fourth = comes('d');
    await clock.pass(6 * MINUTE);
    expect([third.came, fourth.came]).toEqual([true, undefined]);
    await clock.pass(4 * MINUTE);
    expect(fourth.came).toBe(true);
    expect(notes).toEqual(['node/c is begun in 10m (--between)', 'node/d is begun in 10m (--between)']);
  });

  test('ends with the run', async () => {
    const { stopped, turns, comes } = begun({ flags: { soakMs: 10 * MINUTE } });
    comes('a');
    turns.ended(1);
    const next = comes('b');
    await settle();
    stopped.abort();
    await settle();
    expect(next.came).toBe(false);
  });
});

describe('checks', () => {
  /** A check that says what it is told to say, one answer after the other. */
  const saying = (...answers: readonly (readonly string[])[]) => {
    const limits: number[] = [];
    const left = [...answers];
    const check: Check = (_, timeoutMs) => {
      limits.push(timeoutMs);
      return Promise.resolve(left.shift() ?? []);
    };
    return { check, limits };
  };

  test('are asked every 30 s, within what is left of their time, until all of them pass', async () => {
    const [one, other] = [saying(['too busy']), saying([], ['too few'])];
    const { clock, notes, comes } = begun({ checks: [one.check, other.check], flags: { checkTimeoutMs: MINUTE } });
    const turn = comes('a');
    await settle();
    expect(turn.came).toBeUndefined();
    await clock.pass(30_000);
    expect(turn.came).toBe(true);
    expect(one.limits).toEqual([60_000, 30_000]);
    expect(other.limits).toEqual([30_000]);
    expect(notes).toEqual(['node/a waits: too busy; asked again every 30s, for 60s more']);
  });

  test('that do not pass in their time close the run', async () => {
    const { check } = saying(['too busy'], ['too busy'], ['too busy']);
    const { clock, closing, comes } = begun({ checks: [check], flags: { checkTimeoutMs: MINUTE } });
    const [a, b] = [comes('a'), comes('b')];
    for (let round = 0; round < 3; round += 1) await clock.pass(30_000);
    expect([a.came, b.came]).toEqual([false, false]);
    expect(closing.reason).toEqual({ why: 'node a is not begun: too busy', goOn: ', once the check passes' });
  });

  test('are asked for one node after the other, however many are under way', async () => {
    let asking = 0;
    const check: Check = async () => {
      asking += 1;
      expect(asking).toBe(1);
      await settle();
      asking -= 1;
      return [];
    };
    const { comes } = begun({ checks: [check], atOnce: 3 });
    const turns = ['a', 'b', 'c'].map(comes);
    for (let round = 0; round < 4; round += 1) await settle();
    expect(turns.map(({ came }) => came)).toEqual([true, true, true]);
  });
});

describe('windows', () => {
  /** Open for ten minutes, from an hour after the beginning on. */
  const [opens, shuts] = [START + 60 * MINUTE, START + 70 * MINUTE];
  const windows = {
    fits: (now: number, tookMs: number): boolean => now >= opens && now + tookMs < shuts,
    nextFit: (_: number, tookMs: number): number | undefined => (opens + tookMs < shuts ? opens : undefined),
    show: (): string => 'Sun 02:00',
  };

  test('outside, the run is closed, and says when it can go on', async () => {
    const { closing, comes } = begun({ windows });
    const turn = comes('a');
    await settle();
    expect(turn.came).toBe(false);
    expect(closing.reason).toEqual({
      why: 'node a is not begun: no --window is open; the next begins on Sun 02:00',
      goOn: ', from Sun 02:00',
    });
  });

  test('no node is begun so late that the last measured one would not have fitted', async () => {
    const { clock, closing, turns, comes } = begun({ windows });
    await clock.pass(60 * MINUTE);
    const first = comes('a');
    await settle();
    expect(first.came).toBe(true);
    await clock.pass(6 * MINUTE);
    turns.ended(6 * MINUTE);
    const second = comes('b');
    await settle();
    expect(second.came).toBe(false);
    expect(closing.reason?.why).toContain('it would not fit into a --window (the last node took 6m)');
  });

  test('with --wait-window the next is waited for; none that is long enough ends the run', async () => {
    const { clock, closing, notes, turns, comes } = begun({ windows, flags: { waitsForWindow: true } });
    const first = comes('a');
    await settle();
    expect(notes).toEqual(['node/a waits until Sun 02:00: no --window is open']);
    await clock.pass(60 * MINUTE);
    expect(first.came).toBe(true);
    turns.ended(11 * MINUTE);
    const second = comes('b');
    await settle();
    expect(second.came).toBe(false);
    expect(closing.reason?.why).toContain('and none to come is long enough');
  });

  test('a window that closes while the checks are asked counts', async () => {
    const { clock, comes } = begun({
      windows,
      checks: [
        async () => {
          await clock.pass(10 * MINUTE);
          return [];
        },
      ],
    });
    await clock.pass(60 * MINUTE);
    const turn = comes('a');
    for (let round = 0; round < 4; round += 1) await settle();
    expect(turn.came).toBe(false);
  });
});
