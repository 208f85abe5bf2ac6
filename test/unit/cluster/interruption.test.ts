import { expect, test } from 'vitest';
import { interruptible } from '../../../shared/cluster/live/interruption.ts';
import type { ApiAnswer, ApiRequest } from '../../../shared/cluster/ports.ts';
import { fakePace } from './scripted-server.ts';

const READ: ApiRequest = { method: 'GET', path: '/api/v1/nodes/a' };
const WRITE: ApiRequest = { method: 'PATCH', path: '/api/v1/nodes/a', body: {} };
const ANSWER: ApiAnswer = { status: 200, headers: {}, body: {} };
const UNANSWERED = { code: 'interrupted', message: 'interrupted; the API server has not answered a write' };

/** A server that answers, or holds what it gets. */
function server(answers: boolean) {
  const state = { answers, asked: 0, ended: 0 };
  const interrupt = new AbortController();
  const pace = fakePace();
  const send = (request: ApiRequest): Promise<ApiAnswer> => {
    state.asked += 1;
    request.signal?.addEventListener('abort', () => (state.ended += 1));
    return state.answers ? Promise.resolve(ANSWER) : new Promise(() => undefined);
  };
  const stop = (): void => {
    interrupt.abort(new Error('interrupted by SIGINT'));
  };
  return { state, pace, stop, send: interruptible(send, interrupt.signal, pace) };
}

test('a read ends with the interruption, whatever the server does', async () => {
  const { send, stop, state } = server(false);
  const read = send(READ);
  stop();
  await expect(read).rejects.toThrow('interrupted by SIGINT');
  expect(state.ended).toBe(1);
});

test('a write gets a moment for its answer, and nobody knows what became of it then', async () => {
  const { send, stop, pace } = server(false);
  const write = send(WRITE);
  pace.advance(500);
  stop();
  await expect(write).rejects.toMatchObject(UNANSWERED);
  expect(pace.slept).toEqual([1500]);
});

test('a write that has waited for long ends at once', async () => {
  const { send, stop, pace } = server(false);
  const write = send(WRITE);
  pace.advance(12_000);
  stop();
  await expect(write).rejects.toMatchObject(UNANSWERED);
  expect(pace.slept).toEqual([]);
});

test('afterwards calls go through where the server answers', async () => {
  const { send, stop } = server(true);
  stop();
  await expect(send(WRITE)).resolves.toBe(ANSWER);
  await expect(send(READ)).resolves.toBe(ANSWER);
});

test('afterwards one call shows that the server is silent, and no other is tried', async () => {
  const { send, stop, state, pace } = server(false);
  stop();
  await expect(send(WRITE)).rejects.toMatchObject(UNANSWERED);
  await expect(send(WRITE)).rejects.toMatchObject(UNANSWERED);
  expect(state.asked).toBe(1);
  expect(pace.slept).toEqual([3000]);
});
