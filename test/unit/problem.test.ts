import { expect, test } from 'vitest';
import { parsed, refused, renderProblem } from '../../shared/problem.ts';

test('a problem names its place where the input has parts', () => {
  expect(renderProblem({ path: 'claims.0.mode', message: 'is missing' })).toBe('claims.0.mode: is missing');
  expect(renderProblem({ path: '', message: 'is not JSON' })).toBe('is not JSON');
});

test('a result is a value, or every reason why there is none', () => {
  const [one, two] = [
    { path: 'a', message: 'is missing' },
    { path: 'b', message: 'is missing' },
  ];
  expect(parsed(5)).toEqual({ ok: true, value: 5 });
  expect(refused(one, two)).toEqual({ ok: false, problems: [one, two] });
});
