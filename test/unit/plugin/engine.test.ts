import { describe, expect, test } from 'vitest';
import { followBudgets } from '../../../plugin/drain/budgets.ts';
import { backoff, drainNode, type DrainTools, type LeftPod } from '../../../plugin/drain/engine.ts';
import { Limiter } from '../../../plugin/drain/limiter.ts';
import { followPods } from '../../../plugin/drain/pods-on-node.ts';
import { BUDGETS, ClusterRefusal, PODS, type ApiAnswer } from '../../../shared/index.ts';
import { answer, failure, podFacts, podObject, settle, toldSession, type PodShape } from './world.ts';

const BLOCKED = failure(429, 'm', [
  { reason: 'DisruptionBudget', message: 'The disruption budget web needs 1 healthy pods and has 1 currently' },
]);
const WHY = 'The disruption budget web needs 1 healthy pods and has 1 currently';
const ACCEPTED = answer(201);

interface Given {
  /** Pods by name. */
  readonly pods: Readonly<Record<string, PodShape>>;
  /** The answers to evictions in their order; the last one again and again. */
  readonly answers: readonly (ApiAnswer | Error)[];
  readonly tools?: Partial<DrainTools>;
}

/** A drain under way, in a world where only the test makes things happen. */
async function begin({ pods, answers, tools = {} }: Given) {
  const { session, cluster, clock } = toldSession();
  const stop = new AbortController();
  const told: string[] = [];
  cluster.lists.set(
    PODS,
    Object.entries(pods).map(([name, shape]) => podObject(name, shape)),
  );
  cluster.say = (_request, count) => {
    const next = answers[Math.min(count, answers.length) - 1] ?? ACCEPTED;
    if (next instanceof Error) throw next;
    return next;
  };
  const onNode = followPods('n1', undefined, session, stop.signal);
  const evict = await onNode.first;
  const plan = { node: 'n1', evict, leave: [], warnings: [], refusals: [] };
  let left: readonly LeftPod[] | undefined;
  const drained = drainNode(plan, {
    sender: cluster,
    pods: onNode,
    budgets: followBudgets(cluster, stop.signal),
    limiter: new Limiter(32),
    clock,
    signal: stop.signal,
    listener: {
      waiting: (pod, why) => told.push(`${pod.name} waits: ${why}`),
      gone: (pod) => told.push(`${pod.name} gone`),
      unconfirmed: (pod) => told.push(`${pod.name} unconfirmed`),
    },
    gracePeriodSeconds: -1,
    unreachable: false,
    random: () => 0,
    ...tools,
  }).then((result) => {
    left = result;
  });
  await settle();
  return {
    clock,
    cluster,
    told,
    stop,
    drained,
    evictions: () => cluster.requests.length,
    left: () => left,
    remove: async (name: string) => {
      cluster.tell(PODS, 'removed', podObject(name, pods[name]));
      await settle();
    },
    budget: async (what: 'changed' | 'removed', disruptionsAllowed: number, namespace = 'default') => {
      cluster.tell(BUDGETS, what, { metadata: { name: 'web', namespace }, status: { disruptionsAllowed } });
      await settle();
    },
  };
}

describe('a pod that goes', () => {
  test('is evicted once, and gone when the node no longer has it', async () => {
    const drain = await begin({ pods: { a: {} }, answers: [ACCEPTED] });
    expect(drain.evictions()).toBe(1);
    expect(drain.told).toEqual([]);
    expect(drain.left()).toBeUndefined();
    await drain.remove('a');
    expect(drain.told).toEqual(['a gone']);
    expect(drain.left()).toEqual([]);
  });

  test('nothing to do is done at once', async () => {
    const drain = await begin({ pods: {}, answers: [] });
    expect(drain.left()).toEqual([]);
  });

  test('404 and another UID need no waiting', async () => {
    const uid = failure(409, 'the UID in the precondition (a) does not match the UID in record (b)');
    const drain = await begin({ pods: { a: {}, b: {} }, answers: [answer(404), uid] });
    expect(drain.left()).toEqual([]);
    expect(drain.told).toEqual(['a gone', 'b gone']);
  });

  test('one that terminates already is waited for, not evicted again', async () => {
    const drain = await begin({ pods: { a: { deletionTimestamp: '2026-01-05T22:09:00Z' } }, answers: [] });
    expect(drain.evictions()).toBe(0);
    expect(drain.left()).toBeUndefined();
    await drain.remove('a');
    expect(drain.left()).toEqual([]);
  });

  test.each([
    [-1, 1],
    [0, 0],
    [30, 30],
  ])('on a node that nobody hears of it is not waited for; a grace of %d is one of %d', async (given, sent) => {
    const drain = await begin({
      pods: { a: {}, b: { deletionTimestamp: '2026-01-05T22:09:00Z' } },
      answers: [ACCEPTED],
      tools: { unreachable: true, gracePeriodSeconds: given },
    });
    expect(drain.left()).toEqual([]);
    expect(drain.told.toSorted()).toEqual(['a unconfirmed', 'b unconfirmed']);
    expect(drain.evictions()).toBe(1);
    expect(drain.cluster.requests[0]).toHaveProperty('body.deleteOptions.gracePeriodSeconds', sent);
  });
});

describe('a pod that a budget holds', () => {
  test('is tried again as soon as the budget allows it', async () => {
    const drain = await begin({ pods: { a: {} }, answers: [BLOCKED, ACCEPTED] });
    expect(drain.told).toEqual([`a waits: ${WHY}`]);
    await drain.budget('changed', 0);
    await drain.budget('changed', 1, 'elsewhere');
    expect(drain.evictions()).toBe(1);
    await drain.budget('changed', 1);
    expect(drain.evictions()).toBe(2);
    await drain.remove('a');
    expect(drain.left()).toEqual([]);
  });

  test('is tried again when the budget is deleted', async () => {
    const drain = await begin({ pods: { a: {} }, answers: [BLOCKED, ACCEPTED] });
    await drain.budget('removed', 0);
    expect(drain.evictions()).toBe(2);
  });

  test('is tried again after 5 s without a word, and the same reason is told once', async () => {
    const drain = await begin({ pods: { a: {} }, answers: [BLOCKED] });
    await drain.clock.pass(4999);
    expect(drain.evictions()).toBe(1);
    await drain.clock.pass(1);
    expect(drain.evictions()).toBe(2);
    await drain.clock.pass(5000);
    expect(drain.evictions()).toBe(3);
    expect(drain.told).toEqual([`a waits: ${WHY}`]);
  });

  test('is not asked about again when it went by itself', async () => {
    const drain = await begin({ pods: { a: {} }, answers: [BLOCKED] });
    await drain.remove('a');
    expect(drain.evictions()).toBe(1);
    expect(drain.told).toEqual([`a waits: ${WHY}`, 'a gone']);
    expect(drain.left()).toEqual([]);
  });

  test('does not keep the others', async () => {
    const drain = await begin({ pods: { a: {}, b: {} }, answers: [BLOCKED, ACCEPTED] });
    await drain.remove('b');
    expect(drain.told).toEqual([`a waits: ${WHY}`, 'b gone']);
  });
});

describe('a server that fails', () => {
  test('is asked again with a back-off that doubles', async () => {
    const drain = await begin({
      pods: { a: {} },
      answers: [failure(500, 'x'), new Error('reset'), failure(503, 'x'), ACCEPTED],
    });
    expect(drain.clock.slept).toEqual([200]);
    await drain.clock.pass(200);
    await drain.clock.pass(400);
    await drain.clock.pass(800);
    expect(drain.clock.slept).toEqual([200, 400, 800]);
    await drain.remove('a');
    expect(drain.left()).toEqual([]);
    expect(drain.told).toEqual(['a waits: x', 'a waits: reset', 'a waits: x', 'a gone']);
  });

  test('starts its back-off anew after an answer of another kind', async () => {
    const drain = await begin({
      pods: { a: {} },
      answers: [failure(500, 'x'), failure(500, 'x'), BLOCKED, failure(500, 'x')],
    });
    await drain.clock.pass(200);
    await drain.clock.pass(400);
    await drain.clock.pass(5000);
    expect(drain.clock.slept).toEqual([200, 400, 5000, 200]);
  });

  test.each([
    ['3', 3000],
    ['0', 200],
    ['-1', 200],
    ['86400', 60_000],
  ])('says Retry-After: %s, which means %d ms', async (seconds, ms) => {
    const drain = await begin({ pods: { a: {} }, answers: [answer(429, {}, { 'retry-after': seconds }), ACCEPTED] });
    expect(drain.clock.slept).toEqual([ms]);
    await drain.clock.pass(ms);
    expect(drain.evictions()).toBe(2);
  });

  test('is not asked for ever about what it refuses', async () => {
    const drain = await begin({ pods: { a: {}, b: {} }, answers: [failure(403, 'no right'), ACCEPTED] });
    await drain.remove('b');
    expect(drain.left()).toMatchObject([{ pod: { name: 'a' }, why: 'no right', refused: true }]);
  });

  test.each([
    [1, 0, 200],
    [1, 1, 300],
    [2, 0, 400],
    [6, 0, 6400],
    [7, 0, 10_000],
    [1000, 0.5, 12_500],
  ])('the pause after %d failures in a row', (failures, random, ms) => {
    expect(backoff(failures, random)).toBe(ms);
  });
});

describe('the end of the drain', () => {
  test('leaves what a budget holds, with its reason', async () => {
    const drain = await begin({ pods: { a: {} }, answers: [BLOCKED] });
    drain.stop.abort();
    await drain.drained;
    expect(drain.left()).toMatchObject([{ pod: { name: 'a' }, why: WHY, refused: false }]);
  });

  test('leaves what still terminates, and says what holds it', async () => {
    const drain = await begin({ pods: { a: {}, b: { finalizers: ['x.io/volume', 'y.io/z'] } }, answers: [ACCEPTED] });
    drain.stop.abort();
    await drain.drained;
    expect(drain.left()?.map(({ why }) => why)).toEqual([
      'still terminating',
      'still terminating, held by finalizers x.io/volume, y.io/z',
    ]);
    expect(drain.told).toEqual([]);
  });

  test('is no reason for a pod to wait: an eviction that it cut off tells nothing', async () => {
    const { session, cluster, clock } = toldSession();
    const stop = new AbortController();
    cluster.lists.set(PODS, [podObject('a'), podObject('b')]);
    cluster.say = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new Error('interrupted by SIGINT'));
        });
      });
    const pods = followPods('n1', undefined, session, stop.signal);
    const told: string[] = [];
    const draining = drainNode(
      { node: 'n1', evict: await pods.first, leave: [], warnings: [], refusals: [] },
      {
        sender: cluster,
        pods,
        budgets: followBudgets(cluster, stop.signal),
        limiter: new Limiter(1),
        clock,
        signal: stop.signal,
        listener: {
          waiting: (pod, why) => told.push(`${pod.name}: ${why}`),
          gone: () => told.push('gone'),
          unconfirmed: () => told.push('unconfirmed'),
        },
        gracePeriodSeconds: -1,
        unreachable: false,
        random: () => 0,
      },
    );
    await settle();
    stop.abort();
    expect((await draining).map(({ why }) => why)).toEqual(['not tried yet', 'not tried yet']);
    expect(cluster.requests).toHaveLength(1);
    expect(told).toEqual([]);
  });

  test('keeps the reason that was known before the eviction it cut off', async () => {
    const drain = await begin({ pods: { a: {} }, answers: [BLOCKED] });
    drain.cluster.say = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(new Error('interrupted'));
        });
      });
    await drain.clock.pass(5000);
    expect(drain.evictions()).toBe(2);
    drain.stop.abort();
    await drain.drained;
    expect(drain.left()).toMatchObject([{ why: WHY }]);
  });
});

describe('the limiter', () => {
  test('lets so many at once, the rest in their order, failures included', async () => {
    const limiter = new Limiter(2);
    const log: string[] = [];
    const gates = new Map<string, () => void>();
    const task = (name: string) =>
      limiter.run(async () => {
        log.push(name);
        await new Promise<void>((resolve) => gates.set(name, resolve));
        if (name === 'b') throw new Error('b');
        return name;
      });
    const [a, b, c, d] = [task('a'), task('b').catch(() => 'failed'), task('c'), task('d')];
    await settle();
    expect(log).toEqual(['a', 'b']);
    gates.get('b')?.();
    await settle();
    expect(log).toEqual(['a', 'b', 'c']);
    gates.get('a')?.();
    gates.get('c')?.();
    await settle();
    gates.get('d')?.();
    expect(await Promise.all([a, b, c, d])).toEqual(['a', 'failed', 'c', 'd']);
  });
});

describe('following', () => {
  test('pods that cannot be read are an error; a drain that ends first is one, too', async () => {
    const failing = toldSession();
    failing.cluster.followInstead = () => Promise.reject(new Error('not found'));
    await expect(followPods('n1', undefined, failing.session, failing.session.signal).first).rejects.toThrow(
      'not found',
    );
    const silent = toldSession();
    silent.cluster.follow = () => Promise.resolve();
    await expect(followPods('n1', undefined, silent.session, AbortSignal.abort()).first).rejects.toMatchObject({
      code: 'gave-up',
      message: 'the pods on node n1 were not read in time',
    });
  });

  test('without the right to watch the pods are listed once a second', async () => {
    const { session, cluster, clock } = toldSession();
    const forbidden = { status: 403, reason: 'Forbidden', message: 'forbidden', body: {} };
    cluster.followInstead = () => Promise.reject(new ClusterRefusal(forbidden));
    cluster.lists.set(PODS, [podObject('a')]);
    const stop = new AbortController();
    const pods = followPods('n1', undefined, session, stop.signal);
    expect((await pods.first).map(({ name }) => name)).toEqual(['a']);
    cluster.lists.set(PODS, [podObject('b')]);
    await settle();
    expect(pods.has('uid-a')).toBe(true);
    await clock.pass(1000);
    expect([pods.has('uid-a'), pods.has('uid-b')]).toEqual([false, true]);
    stop.abort();
  });

  test('pods come, change and go', async () => {
    const { session, cluster } = toldSession();
    const stop = new AbortController();
    cluster.lists.set(PODS, [podObject('a')]);
    const pods = followPods('n1', undefined, session, stop.signal);
    expect(await pods.first).toEqual([podFacts('a')]);
    const next = pods.changed(stop.signal);
    cluster.tell(PODS, 'changed', podObject('b', { finalizers: ['x'] }));
    await next;
    expect(pods.all().map(({ name }) => name)).toEqual(['a', 'b']);
    expect(pods.pod('uid-b')?.finalizers).toEqual(['x']);
    cluster.tell(PODS, 'removed', podObject('a'));
    expect([pods.has('uid-a'), pods.has('uid-b')]).toEqual([false, true]);
    stop.abort();
    await pods.changed(stop.signal);
  });

  test('without the right to follow budgets nothing is told, and nothing breaks', async () => {
    const { cluster } = toldSession();
    cluster.followInstead = () => Promise.reject(new Error('forbidden'));
    const budgets = followBudgets(cluster, new AbortController().signal);
    await settle();
    const over = new AbortController();
    const waiting = budgets.allows('default', over.signal);
    over.abort();
    await waiting;
    await budgets.allows('default', over.signal);
  });
});
