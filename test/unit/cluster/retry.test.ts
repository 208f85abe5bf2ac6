import { describe, expect, test } from 'vitest';
import { ClusterRefusal, isPassing, MaintError, pauseAfter, retry, retryAfterMs } from '../../../shared/index.ts';

const refusal = (status: number) => new ClusterRefusal({ status, reason: '', message: 'no', body: {} });

test.each([
  [1, 0, 100],
  [2, 0, 200],
  [5, 0, 1000],
  [2, 0.5, 250],
])('the pause after %d failures in a row, by chance %d', (failures, random, ms) => {
  expect(pauseAfter(failures, { firstMs: 100, longestMs: 1000, jitter: 0.5 }, random)).toBe(ms);
});

test.each([
  ['the header', { headers: { 'retry-after': '2' }, body: {} }, 2000],
  ['the Status', { headers: {}, body: { details: { retryAfterSeconds: 3 } } }, 3000],
  ['neither', { headers: {}, body: {} }, undefined],
  ['a date', { headers: { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, body: {} }, undefined],
])('when to ask again, by %s', (_by, answer, ms) => {
  expect(retryAfterMs(answer)).toBe(ms);
});

test.each([
  [refusal(429), true],
  [refusal(503), true],
  [refusal(403), false],
  [refusal(409), false],
  [new MaintError('cluster', 'no answer'), true],
  [new MaintError('interrupted', 'interrupted'), false],
  [new Error('a bug'), false],
])('whether %s may pass by itself', (thrown, isIt) => {
  expect(isPassing(thrown)).toBe(isIt);
});

describe('what is tried again', () => {
  const pauses: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    pauses.push(ms);
    return Promise.resolve();
  };

  test('ends with the first answer that is not tried again, and pauses as it is told', async () => {
    pauses.length = 0;
    const answers = ['busy', 'busy', 'done'];
    const answered = (answer: string, tries: number) => (answer === 'busy' ? tries * 10 : undefined);
    expect(await retry(() => Promise.resolve(answers.shift() ?? ''), { answered }, sleep)).toBe('done');
    expect(pauses).toEqual([10, 20]);
  });

  test('throws the last failure; one without a pause is tried again at once', async () => {
    pauses.length = 0;
    let attempts = 0;
    const attempt = (): Promise<string> => {
      attempts += 1;
      return Promise.reject(refusal(500 + attempts));
    };
    const failed = (_thrown: unknown, tries: number) => (tries < 3 ? 0 : undefined);
    await expect(retry(attempt, { failed }, sleep)).rejects.toMatchObject({ status: 503 });
    expect([attempts, pauses]).toEqual([3, []]);
  });
});
