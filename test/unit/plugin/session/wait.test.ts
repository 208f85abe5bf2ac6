import { describe, expect, test } from 'vitest';
import { firstOf, Notifier, pollUntil, repeat } from '../../../../plugin/session/wait.ts';
import { settle, ToldClock } from '../world.ts';

describe('what is looked at until it is as it should be', () => {
  function poll(seen: readonly string[], more: Partial<Parameters<typeof pollUntil<string>>[1]> = {}) {
    const clock = new ToldClock();
    const stop = new AbortController();
    const left = [...seen];
    const told: string[] = [];
    let looks = 0;
    const look = (): Promise<string> => {
      looks += 1;
      return Promise.resolve(left.length > 1 ? (left.shift() ?? '') : (left[0] ?? ''));
    };
    const polling = { everyMs: 100, isDone: (one: string) => one === 'done', tell: (one: string) => told.push(one) };
    const end = pollUntil(look, { ...polling, ...more }, { clock, signal: stop.signal });
    return { clock, stop, told, end, looks: () => looks };
  }

  test('is told of meanwhile, and looked at no more when it is', async () => {
    const { clock, told, end, looks } = poll(['early', 'still', 'done']);
    await settle();
    await clock.pass(100);
    await clock.pass(100);
    expect([await end, told, looks()]).toEqual(['done', ['early', 'still'], 3]);
  });

  test('is taken as it is when the time is over', async () => {
    const { clock, end, looks } = poll(['early'], { withinMs: 150 });
    await settle();
    await clock.pass(100);
    await clock.pass(100);
    expect([await end, looks()]).toEqual(['early', 3]);
  });

  test('is not looked at again after an interruption', async () => {
    const { stop, end, looks } = poll(['early']);
    await settle();
    stop.abort();
    expect([await end, looks()]).toEqual(['early', 1]);
  });

  test('is looked at at once when there is news', async () => {
    const news = new Notifier();
    const { end, looks } = poll(['early', 'done'], { news: (stop) => news.next(stop) });
    await settle();
    news.notify();
    expect([await end, looks()]).toEqual(['done', 2]);
  });
});

test('what is repeated comes after each interval until the signal aborts', async () => {
  const clock = new ToldClock();
  const stop = new AbortController();
  let times = 0;
  const task = (): void => {
    times += 1;
  };
  const end = repeat(1000, task, { clock, signal: stop.signal });
  await clock.pass(1000);
  await clock.pass(1000);
  stop.abort();
  await end;
  expect(times).toBe(2);
});

test('of nothing to wait for the signal is the end; the first wait ends the others', async () => {
  const stop = new AbortController();
  const end = firstOf([], stop.signal);
  stop.abort();
  await end;
  const ended: string[] = [];
  const news = new Notifier();
  const waits = [
    (signal: AbortSignal) => news.next(signal),
    (signal: AbortSignal) => new Notifier().next(signal).then(() => ended.push('other')),
  ];
  const first = firstOf(waits, new AbortController().signal);
  news.notify();
  await first;
  await settle();
  expect(ended).toEqual(['other']);
});
