import { expect, test } from 'vitest';
import { logLines } from '../../../../plugin/session/request-log.ts';
import type { Exchange } from '../../../../shared/index.ts';

const EXCHANGE: Exchange = {
  method: 'PATCH',
  url: 'https://api.invalid/api/v1/nodes/n1',
  headers: { Authorization: '<masked>', Accept: 'application/json' },
  body: { a: 1 },
  status: 200,
  answer: { text: 'x'.repeat(2000) },
  ms: 12,
};
const LINE = 'PATCH https://api.invalid/api/v1/nodes/n1 200 in 12 milliseconds';

test.each([
  [0, 0],
  [5, 0],
  [6, 1],
  [7, 3],
  [8, 5],
  [9, 5],
])('at level %i there are %i lines', (level, count) => {
  expect(logLines(EXCHANGE, level)).toHaveLength(count);
});

test('a request, its headers, its bodies as long as the level allows', () => {
  expect(logLines(EXCHANGE, 8)).toEqual([
    LINE,
    '  Authorization: <masked>',
    '  Accept: application/json',
    '  Request Body: {"a":1}',
    `  Response Body: {"text":"${'x'.repeat(1015)} [truncated 987 chars]`,
  ]);
  expect(logLines(EXCHANGE, 9).at(-1)).toHaveLength('  Response Body: '.length + 2011);
});

test('what is secret is masked, and an answer that never came is said', () => {
  const secret = { ...EXCHANGE, status: undefined, answer: { kind: 'Secret', data: { token: 'abc' } } };
  const lines = logLines(secret, 9);
  expect(lines[0]).toContain(' no answer in ');
  expect(lines.at(-1)).toBe('  Response Body: <masked>');
});
