import { expect, test } from 'vitest';
import { ClusterRefusal, MaintError } from '../../../shared/errors.ts';
import { patient } from '../../../shared/cluster/live/patience.ts';
import type { ApiAnswer, ApiRequest } from '../../../shared/cluster/ports.ts';
import { fakePace } from './scripted-server.ts';

const READ: ApiRequest = { method: 'GET', path: '/api/v1/nodes/a' };
const WRITE: ApiRequest = { method: 'PATCH', path: '/api/v1/nodes/a', body: {} };
const ANSWER: ApiAnswer = { status: 200, headers: {}, body: {} };

/** As node:net fails where nobody listens, and where a server goes away in the middle. */
const refused = (): MaintError => failure({ code: 'ECONNREFUSED', syscall: 'connect' });
const reset = (): MaintError => failure({ code: 'ECONNRESET', syscall: 'read' });

function failure(cause: object): MaintError {
  return new MaintError('cluster', 'away', { cause: Object.assign(new Error('x'), cause) });
}

/** A server that does what it is told, call by call, and then answers. */
function server(...does: readonly (MaintError | ApiAnswer)[]) {
  const told: string[] = [];
  const pace = fakePace();
  const left = [...does];
  let asked = 0;
  const once = (): Promise<ApiAnswer> => {
    asked += 1;
    const next = left.shift() ?? ANSWER;
    return next instanceof MaintError ? Promise.reject(next) : Promise.resolve(next);
  };
  return { told, pace, asked: () => asked, send: patient(once, { pace, tell: (why) => told.push(why) }) };
}

test('what has not left is sent again until it arrives, and the outage is told once', async () => {
  const { send, told, asked } = server(refused(), refused(), refused());
  expect(await send(WRITE)).toBe(ANSWER);
  expect(told).toEqual(['away']);
  expect(asked()).toBe(4);
});

test('a name with several addresses that all refuse is the same', async () => {
  const all = new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED', syscall: 'connect' })]);
  const { send } = server(new MaintError('cluster', 'away', { cause: all }));
  expect(await send(WRITE)).toBe(ANSWER);
});

test('a read is sent again whatever came of it, and a write that may have arrived is not', async () => {
  const failed: ApiAnswer = { status: 503, headers: {}, body: { message: 'apiserver is shutting down' } };
  const read = server(reset(), failed);
  expect(await read.send(READ)).toBe(ANSWER);
  expect(read.told).toEqual(['away']);
  await expect(server(reset()).send(WRITE)).rejects.toThrow('away');
  expect(await server(failed).send(WRITE)).toBe(failed);
});

test('each outage is told', async () => {
  const { send, told } = server(refused(), ANSWER, refused());
  await send(READ);
  await send(READ);
  expect(told).toEqual(['away', 'away']);
});

test('an API server that has just started does not know its roles yet: for a while its no is none', async () => {
  const no: ApiAnswer = { status: 403, headers: {}, body: { message: 'RBAC: clusterrole "x" not found' } };
  expect(await server(refused(), no, no).send(WRITE)).toBe(ANSWER);
  expect(await server(no).send(WRITE)).toBe(no);
  const { send, pace } = server(refused(), ANSWER, no);
  await send(READ);
  pace.advance(15_000);
  expect(await send(READ)).toBe(no);
  const always = server(refused(), ...Array.from({ length: 100 }, () => no));
  expect(await always.send(READ)).toBe(no);
  expect(always.asked()).toBeLessThan(12);
});

test('what the API server refuses is its last word', async () => {
  const refusal = new ClusterRefusal({ status: 403, reason: 'Forbidden', message: 'no', body: {} });
  const { send, asked } = server(refusal);
  await expect(send(READ)).rejects.toBe(refusal);
  expect(asked()).toBe(1);
});

test('patience is over after ten minutes, with the last failure', async () => {
  const { send, pace, asked } = server(...Array.from({ length: 10_000 }, refused));
  await expect(send(READ)).rejects.toThrow('away');
  const waited = pace.slept.reduce((sum, ms) => sum + ms, 0);
  expect(waited).toBeGreaterThan(10 * 60_000 - 1);
  expect(waited).toBeLessThan(10 * 60_000 + 10_000);
  expect(asked()).toBeLessThan(250);
});

test('nobody who interrupts waits', async () => {
  const over = new AbortController();
  const { send, asked } = server(refused());
  over.abort();
  await expect(send({ ...READ, signal: over.signal })).rejects.toThrow('away');
  expect(asked()).toBe(1);
});
