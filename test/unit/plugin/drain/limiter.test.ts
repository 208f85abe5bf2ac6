import { expect, test } from 'vitest';
import { Limiter } from '../../../../plugin/drain/limiter.ts';
import { settle } from '../world.ts';

/** Tasks that end when the test says so, and the order in which they began. */
function tasksUnder(limiter: Limiter) {
  const began: string[] = [];
  const gates = new Map<string, () => void>();
  const task = (name: string) =>
    limiter.run(async () => {
      began.push(name);
      await new Promise<void>((resolve) => gates.set(name, resolve));
      if (name === 'bad') throw new Error('bad');
      return name;
    });
  const end = async (name: string): Promise<void> => {
    gates.get(name)?.();
    await settle();
  };
  return { began, task, end };
}

test('lets so many run at once, the rest in their order, failures included', async () => {
  const { began, task, end } = tasksUnder(new Limiter(2));
  const all = [task('a'), task('bad').catch(() => 'failed'), task('c'), task('d')];
  await settle();
  expect(began).toEqual(['a', 'bad']);
  await end('bad');
  expect(began).toEqual(['a', 'bad', 'c']);
  await end('a');
  await end('c');
  await end('d');
  expect(await Promise.all(all)).toEqual(['a', 'failed', 'c', 'd']);
});

/** What is heard of one answer: after how long, when (both in ms), and whether the server is too busy. */
type Heard = readonly [tookMs: number, now: number, tooBusy: boolean];
const quick: Heard = [20, 0, false];
const slow: Heard = [2001, 0, false];

test.each<[string, readonly Heard[], number]>([
  ['quick answers never let more run than at first', [quick, quick, quick], 8],
  ['a server that is too busy halves it', [[20, 0, true]], 4],
  ['a burst of complaints within a second counts once', [0, 500, 999].map((now) => [20, now, true]), 4],
  ['complaints a second apart count each', [0, 1000, 2000].map((now) => [20, now, true]), 1],
  ['it never falls below one', [0, 1000, 2000, 3000, 4000].map((now) => [20, now, true]), 1],
  ['a slow answer takes one away', [slow, slow], 6],
  ['slow answers never take the last one', Array.from({ length: 20 }, () => slow), 1],
  ['a round of quick answers gives one back', [[20, 0, true], ...Array.from({ length: 5 }, () => quick)], 5],
  ['many of them give all back', [[20, 0, true], ...Array.from({ length: 60 }, () => quick)], 8],
])('%s', (_what, heard, limit) => {
  const limiter = new Limiter(8);
  for (const [tookMs, now, tooBusy] of heard) limiter.heard(tookMs, now, tooBusy);
  expect(limiter.limit).toBe(limit);
});

test('those who wait are let in as soon as the limit grows', async () => {
  const limiter = new Limiter(2);
  limiter.heard(20, 0, true);
  const { began, task } = tasksUnder(limiter);
  void task('a');
  void task('b');
  await settle();
  expect(began).toEqual(['a']);
  limiter.heard(20, 0, false);
  await settle();
  expect(began).toEqual(['a', 'b']);
});
