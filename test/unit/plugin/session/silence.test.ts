import { expect, test } from 'vitest';
import { screenFromStreams } from '../../../../plugin/terminal/screen.ts';
import { tellSilence } from '../../../../plugin/session/silence.ts';
import { PassThrough } from 'node:stream';
import { ToldClock } from '../world.ts';

function silentFor(ms: number) {
  const state = { ms };
  return { state, cluster: { unansweredMs: () => state.ms } };
}

test('lines tell of silence when it becomes noticeable, again now and then, and that it is over', async () => {
  const { state, cluster } = silentFor(4999);
  const [said, clock]: [string[], ToldClock] = [[], new ToldClock()];
  const silence = tellSilence(cluster, { live: undefined, say: (text) => said.push(text) }, clock);
  expect(said).toEqual([]);
  for (const ms of [5100, 12_000, 20_000, 20_200, 0, 300]) {
    state.ms = ms;
    await clock.pass(1000);
  }
  expect(said).toEqual([
    'the API server has not answered for 5 s',
    'the API server has not answered for 20 s',
    'the API server answers again',
  ]);
  silence.end();
});

test('on a terminal a line below all others counts, and goes', async () => {
  const { state, cluster } = silentFor(0);
  const clock = new ToldClock();
  const err = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 10 });
  const { live } = screenFromStreams(new PassThrough(), err, {});
  if (live === undefined) throw new Error('a terminal has a live area');
  live.show(['n1  [....]']);
  const silence = tellSilence(cluster, { live, say: () => undefined }, clock);
  const drawn = (): string => String(err.read() ?? '');
  expect(drawn()).toBe('n1  [....]\n');
  expect(live.size().rows).toBe(10);
  state.ms = 12_400;
  await clock.pass(1000);
  expect(drawn()).toBe('\r\u001b[1A\u001b[Jn1  [....]\nthe API server has not answered for 12 s\n');
  expect(live.size().rows).toBe(9);
  live.show(['n1  [#...]']);
  expect(drawn()).toBe('\r\u001b[2A\u001b[Jn1  [#...]\nthe API server has not answered for 12 s\n');
  silence.end();
  expect(drawn()).toBe('\r\u001b[2A\u001b[Jn1  [#...]\n');
});
