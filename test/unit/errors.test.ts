import { expect, test } from 'vitest';
import { ClusterRefusal, MaintError, messageOf } from '../../shared/errors.ts';

test('an error carries a code, the next step and its cause', () => {
  const cause = new Error('socket hang up');
  const error = new MaintError('cluster', 'no answer', { hint: 'try again', cause });
  expect(error).toMatchObject({ name: 'MaintError', code: 'cluster', message: 'no answer', hint: 'try again', cause });
  expect(new MaintError('usage', 'no node')).toMatchObject({ hint: undefined });
  expect('cause' in new MaintError('usage', 'no node')).toBe(false);
});

test('a refusal is an error of the cluster with what the server said', () => {
  const body = { kind: 'Status' };
  const refusal = new ClusterRefusal({ status: 403, reason: 'Forbidden', message: 'no', body });
  expect(refusal).toBeInstanceOf(MaintError);
  expect(refusal).toMatchObject({
    code: 'cluster',
    status: 403,
    reason: 'Forbidden',
    message: 'no',
    body,
    hint: undefined,
  });
  expect(new ClusterRefusal({ status: 409, reason: '', message: '', body }, 'again').hint).toBe('again');
});

test('whatever was thrown has a text', () => {
  expect(messageOf(new Error('boom'))).toBe('boom');
  expect(messageOf('boom')).toBe('boom');
  expect(messageOf(undefined)).toBe('undefined');
});
