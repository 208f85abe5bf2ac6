import { expect, test } from 'vitest';
import { outputSink } from '../../../../plugin/node-command/output.ts';
import { watchSilence } from '../../../../plugin/node-command/silence.ts';
import { HeardScreen, settle, ToldClock } from '../world.ts';

test('each stream goes where it belongs, line by line; what has no line end is told in a pause, or at the end', () => {
  const screen = new HeardScreen();
  const sink = outputSink('n1', screen, undefined);
  sink.write('stdout', Buffer.from('one\nGo on? [Y/n] '));
  sink.write('stderr', Buffer.from('oops\n'));
  expect([screen.results, screen.notes]).toEqual([['n1 | one'], ['n1 | oops']]);
  expect(sink.isQuiet()).toBe(false);
  expect(screen.results).toEqual(['n1 | one']);
  expect(sink.isQuiet()).toBe(true);
  expect(screen.results).toEqual(['n1 | one', 'n1 | Go on? [Y/n] ']);
  sink.write('stdout', Buffer.from('last'));
  sink.end();
  expect(screen.results.at(-1)).toBe('n1 | last');
});

test('a command that says nothing is told of once a minute, from its last word on', async () => {
  const clock = new ToldClock();
  const over = new AbortController();
  const told: string[] = [];
  let isQuiet = true;
  const watching = watchSilence({ isQuiet: () => isQuiet }, (text) => told.push(text), { clock, signal: over.signal });
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) await clock.pass(1000);
  };
  await pass(59);
  expect(told).toEqual([]);
  await pass(1);
  expect(told).toEqual(['runs for 60s, and has said nothing for 60s']);
  isQuiet = false;
  await pass(1);
  isQuiet = true;
  await pass(59);
  expect(told).toHaveLength(1);
  await pass(61);
  expect(told.slice(1)).toEqual([
    'runs for 2m1s, and has said nothing for 60s',
    'runs for 3m1s, and has said nothing for 2m',
  ]);
  over.abort();
  await settle();
  await watching;
});
