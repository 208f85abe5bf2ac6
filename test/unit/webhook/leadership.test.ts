import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  at,
  ClusterRefusal,
  textAt,
  type ApiAnswer,
  type ApiRequest,
  type ClusterReader,
  type ClusterSender,
} from '../../../shared/index.ts';
import { Leadership } from '../../../webhook/controller/lease/leadership.ts';
import { isFree, LEASE_TIMES, leaseTaken, seenAfter } from '../../../webhook/controller/lease/lease.ts';
import { onlyWhileLeading } from '../../../webhook/controller/lease/only-while-leading.ts';
import { logTo } from '../../../webhook/log.ts';
import { Kept } from './world.ts';

const PLACE = { namespace: 'ops', name: 'lease' };

/** An API server that keeps one Lease. */
class LeaseServer {
  lease: object | undefined;
  #version = 0;

  write(body: unknown): ApiAnswer {
    const expected = textAt(body, 'metadata', 'resourceVersion');
    if (expected !== textAt(this.lease, 'metadata', 'resourceVersion')) return { status: 409, headers: {}, body: {} };
    this.#version += 1;
    this.lease = {
      metadata: { ...(at(body, 'metadata') as object), resourceVersion: String(this.#version) },
      spec: at(body, 'spec'),
    };
    return { status: 200, headers: {}, body: this.lease };
  }

  get holder(): string | undefined {
    return textAt(this.lease, 'spec', 'holderIdentity');
  }
}

/** How one candidate reaches the server: `cut` hangs, as a partition does, `refused` answers 403. */
class Line implements ClusterReader, ClusterSender {
  state: 'open' | 'cut' | 'refused' = 'open';
  readonly #server: LeaseServer;

  constructor(server: LeaseServer) {
    this.#server = server;
  }

  async get(_path: string, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> {
    await this.#pass(signal);
    return this.#server.lease;
  }

  // eslint-disable-next-line @typescript-eslint/require-await, require-yield
  async *pages(): AsyncGenerator<never> {
    throw new Error('no list is read');
  }

  async send({ body, signal }: ApiRequest): Promise<ApiAnswer> {
    await this.#pass(signal);
    return this.#server.write(body);
  }

  async #pass(signal: AbortSignal | undefined): Promise<void> {
    if (this.state === 'refused') {
      throw new ClusterRefusal({ status: 403, reason: 'Forbidden', message: 'leases is forbidden', body: {} });
    }
    if (this.state === 'open') return;
    await new Promise((_, reject) => {
      signal?.addEventListener('abort', () => {
        reject(new Error('no answer'));
      });
    });
  }
}

let server: LeaseServer;
beforeEach(() => {
  vi.useFakeTimers();
  server = new LeaseServer();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A candidate with what it did, in order. */
function candidate(identity: string) {
  const line = new Line(server);
  const out = new Kept();
  const stop = new AbortController();
  const done: string[] = [];
  const leadership = new Leadership({
    cluster: line,
    log: logTo(out, 'info'),
    place: PLACE,
    identity,
    now: () => Date.now(),
    elapsed: () => Date.now(),
  });
  const followed = leadership.follow((term) => {
    done.push('leads');
    return new Promise((resolve) => {
      term.addEventListener('abort', () => {
        done.push('ends');
        resolve();
      });
    });
  }, stop.signal);
  const end = async () => {
    stop.abort();
    await vi.advanceTimersByTimeAsync(10);
    await followed;
  };
  return { line, out, done, leadership, end };
}

const seconds = (many: number) => vi.advanceTimersByTimeAsync(many * 1000);

test('of two the first leads, and the second as soon as it ends', async () => {
  const [first, second] = [candidate('first'), candidate('second')];
  await seconds(60);
  expect([first.done, second.done]).toEqual([['leads'], []]);
  expect([first.leadership.leads, second.leadership.leads]).toEqual([true, false]);
  await first.end();
  expect(first.done).toEqual(['leads', 'ends']);
  expect(server.holder).toBe('');
  await seconds(3);
  expect(second.done).toEqual(['leads']);
  await second.end();
});

test('one that reaches the API server no more ends before another one may lead', async () => {
  const first = candidate('first');
  await seconds(3);
  const second = candidate('second');
  await seconds(3);
  first.line.state = 'cut';
  await seconds(LEASE_TIMES.renewWithinMs / 1000);
  expect(first.leadership.leads).toBe(false);
  expect([first.done, second.done]).toEqual([['leads', 'ends'], []]);
  expect(first.leadership.problem).toBeDefined();
  await seconds(LEASE_TIMES.durationMs / 1000);
  expect(second.done).toEqual(['leads']);
  expect(server.holder).toBe('second');
  // What it had when the partition is over: another one's Lease.
  first.line.state = 'open';
  await seconds(10);
  expect(first.leadership.leads).toBe(false);
  expect(first.done).toEqual(['leads', 'ends']);
  await Promise.all([first.end(), second.end()]);
});

test('a short interruption changes nothing', async () => {
  const only = candidate('only');
  await seconds(3);
  only.line.state = 'cut';
  await seconds(4);
  only.line.state = 'open';
  await seconds(30);
  expect(only.done).toEqual(['leads']);
  await only.end();
});

test('a Lease that somebody else has taken ends the term at once', async () => {
  const only = candidate('only');
  await seconds(3);
  server.write(
    leaseTaken(PLACE, { identity: 'thief', durationMs: 15_000, now: new Date().toISOString() }, server.lease),
  );
  await seconds(2.1);
  expect(only.done).toEqual(['leads', 'ends']);
  await only.end();
  expect(server.holder).toBe('thief');
});

test('a Lease that may not be read is told once, and nobody leads', async () => {
  const only = candidate('only');
  only.line.state = 'refused';
  await seconds(60);
  expect(only.done).toEqual([]);
  expect(only.leadership.problem).toBe('leases is forbidden');
  expect(only.out.text.match(/the Lease cannot be had/g)).toHaveLength(1);
  only.line.state = 'open';
  await seconds(3);
  expect(only.done).toEqual(['leads']);
  expect(only.leadership.problem).toBeUndefined();
  await only.end();
});

describe('a Lease', () => {
  test.each<[string, object, number, boolean]>([
    ['of nobody', { holderIdentity: '' }, 0, true],
    ['of the one who asks', { holderIdentity: 'me', leaseDurationSeconds: 15 }, 0, true],
    ['of another one', { holderIdentity: 'you', leaseDurationSeconds: 15 }, 14_999, false],
    ['that another one let lapse', { holderIdentity: 'you', leaseDurationSeconds: 15 }, 15_000, true],
  ])('%s', (_what, spec, ms, free) => {
    const seen = seenAfter({ metadata: { resourceVersion: '1' }, spec }, undefined, 1000);
    expect(isFree(seen, 'me', 1000 + ms)).toBe(free);
  });

  test('counts from the last change that was seen, whatever times stand in it', () => {
    const spec = { holderIdentity: 'you', leaseDurationSeconds: 15, renewTime: '2020-01-01T00:00:00.000000Z' };
    const first = seenAfter({ metadata: { resourceVersion: '1' }, spec }, undefined, 1000);
    expect(seenAfter({ metadata: { resourceVersion: '1' }, spec }, first, 9000)).toBe(first);
    expect(seenAfter({ metadata: { resourceVersion: '2' }, spec }, first, 9000)).toMatchObject({ seenAt: 9000 });
  });

  test('has times to the microsecond, and counts who took it from whom', () => {
    const taking = { identity: 'me', durationMs: 15_000, now: '2026-01-05T22:10:00.123Z' };
    const before = { metadata: { resourceVersion: '4' }, spec: { holderIdentity: 'you', leaseTransitions: 2 } };
    expect(leaseTaken(PLACE, taking, before)).toMatchObject({
      metadata: { resourceVersion: '4' },
      spec: { renewTime: '2026-01-05T22:10:00.123000Z', leaseTransitions: 3, leaseDurationSeconds: 15 },
    });
  });
});

test('who does not lead any more sends nothing, and what is under way is ended', async () => {
  const term = new AbortController();
  let leads = true;
  const sent: ApiRequest[] = [];
  const cluster = onlyWhileLeading(
    {
      get: () => Promise.resolve('read'),
      pages: () => new Line(server).pages(),
      follow: () => Promise.resolve(),
      send: (request) => {
        sent.push(request);
        return Promise.resolve({ status: 200, headers: {}, body: {} });
      },
    },
    term.signal,
    () => leads,
  );
  const write = { method: 'PATCH', path: '/x' } as const;
  await cluster.send(write);
  expect(sent[0]?.signal?.aborted).toBe(false);
  leads = false;
  await expect(cluster.send(write)).rejects.toThrow('does not lead');
  leads = true;
  term.abort();
  await expect(cluster.send(write)).rejects.toThrow('does not lead');
  expect(sent[0]?.signal?.aborted).toBe(true);
  expect(sent).toHaveLength(1);
  expect(await cluster.get('/x')).toBe('read');
});
