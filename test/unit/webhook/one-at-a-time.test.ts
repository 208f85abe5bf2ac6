import { expect, test } from 'vitest';
import { OneAtATime } from '../../../webhook/one-at-a-time.ts';

/** A task that ends when it is told to. */
function slow() {
  const ends: (() => void)[] = [];
  const task = new OneAtATime(() => new Promise((resolve) => ends.push(resolve)));
  return { task, ends };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('whoever asks while it runs gets one more run, which begins after the first has ended', async () => {
  const { task, ends } = slow();
  const asked = [task.run()];
  await settle();
  asked.push(task.run(), task.run());
  await settle();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await settle();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await Promise.all(asked);
  expect(ends).toHaveLength(2);
});

test('a task that asks for another run at once gets it, and only one runs', async () => {
  const seen: string[] = [];
  const task: OneAtATime = new OneAtATime(async () => {
    seen.push('begun');
    if (seen.length === 1) void task.run();
    await settle();
    seen.push('ended');
  });
  await task.run();
  expect(seen).toEqual(['begun', 'ended', 'begun', 'ended']);
});

test('it runs again after its end', async () => {
  let runs = 0;
  const task = new OneAtATime(() => Promise.resolve(void (runs += 1)));
  await task.run();
  await task.run();
  expect(runs).toBe(2);
});
