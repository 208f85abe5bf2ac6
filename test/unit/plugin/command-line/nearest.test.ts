import { expect, test } from 'vitest';
import { nearest } from '../../../../plugin/command-line/nearest.ts';

test.each([
  ['staus', 'status'],
  ['statsu', 'status'],
  ['sta', 'status'],
  ['onn', 'on'],
  ['of', 'off'],
  ['xyz', undefined],
  ['drain', undefined],
])('%s: %s', (typed, meant) => {
  expect(nearest(typed, ['on', 'off', 'status', 'check'])).toBe(meant);
});
