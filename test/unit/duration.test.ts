import { expect, test } from 'vitest';
import { parseDuration, renderDuration, renderLeft } from '../../shared/duration.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

test.each<[text: string, ms: number]>([
  ['0', 0],
  ['0s', 0],
  ['30s', 30 * S],
  ['250ms', 250],
  ['1h30m', 90 * M],
  ['1.5h', 90 * M],
  ['2d', 2 * D],
  ['1d12h', 36 * H],
  ['1m1m', 2 * M],
  ['0.0004s', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toEqual({ ok: true, value: ms });
});

test.each(['', '5', '-5s', '+5s', '5 s', 's', '1h30', '1w', '5S', '.5h', '1.h', '1h\n', '5us', '٥s'])(
  'refuses %j and says how to write it',
  (text) => {
    expect(parseDuration(text, '--for')).toEqual({
      ok: false,
      problems: [{ path: '--for', message: `"${text}" is not a duration: write it like 30s, 10m, 1h30m or 2d` }],
    });
  },
);

test('a problem without a path has an empty one', () => {
  expect(parseDuration('soon')).toMatchObject({ problems: [{ path: '' }] });
});

// The table of HumanDuration's own test (k8s apimachinery/pkg/util/duration), as far as the days.
test.each<[ms: number, text: string]>([
  [-5 * S, '0s'],
  [0, '0s'],
  [S, '1s'],
  [70 * S, '70s'],
  [2 * M - 1, '119s'],
  [2 * M, '2m'],
  [3 * M + 20 * S, '3m20s'],
  [10 * M - S, '9m59s'],
  [10 * M, '10m'],
  [190 * S, '3m10s'],
  [70 * M, '70m'],
  [3 * H - 1, '179m'],
  [3 * H, '3h'],
  [3 * H + 10 * M, '3h10m'],
  [8 * H - 1, '7h59m'],
  [8 * H, '8h'],
  [47 * H, '47h'],
  [2 * D - 1, '47h'],
  [2 * D, '2d'],
  [3 * D + 4 * H, '3d4h'],
  [8 * D - 1, '7d23h'],
  [8 * D, '8d'],
  [41 * D, '41d'],
])('%d ms read %s', (ms, text) => {
  expect(renderDuration(ms)).toBe(text);
});

test.each([
  [0, '0s'],
  [1, '1s'],
  [999, '1s'],
  [1000, '1s'],
  [119_001, '2m'],
])('%i ms that are left are told as %s', (ms, text) => {
  expect(renderLeft(ms)).toBe(text);
});
