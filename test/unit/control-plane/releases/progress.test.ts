import { expect, it } from 'vitest';
import { isTooSlow, renderDownload, sum } from '../../../control-plane/releases/progress.ts';

it.each([
  [{ received: 120e6, total: 348e6, elapsedMs: 30_000 }, '120 of 348 MB in 30s, about 57s to go'],
  [{ received: 120e6, total: undefined, elapsedMs: 30_000 }, '120 MB in 30s'],
  [{ received: 0, total: 348e6, elapsedMs: 30_000 }, '0 of 348 MB in 30s'],
])('tells of %o', (progress, line) => {
  expect(renderDownload(progress)).toBe(line);
});

it('adds files up, to a total when all of them have one', () => {
  expect(
    sum([
      [1, 2],
      [3, 4],
    ]),
  ).toEqual({ received: 4, total: 6 });
  expect(
    sum([
      [1, 2],
      [3, undefined],
    ]),
  ).toEqual({ received: 4, total: undefined });
});

const MINUTE = 60_000;

it.each([
  ['by its pace', { received: 1e6, total: 100e6, elapsedMs: MINUTE }, true],
  ['not, by its pace', { received: 20e6, total: 100e6, elapsedMs: MINUTE }, false],
  ['not yet', { received: 1, total: 100e6, elapsedMs: 10_000 }, false],
  ['after all of its time', { received: 99e6, total: undefined, elapsedMs: 11 * MINUTE }, true],
  ['not, without a size', { received: 1, total: undefined, elapsedMs: MINUTE }, false],
])('is too slow %s', (_name, progress, tooSlow) => {
  expect(isTooSlow(progress, 10 * MINUTE)).toBe(tooSlow);
});
