import { describe, expect, test } from 'vitest';
import { ASK_ANYWAY_MS, followBudgets } from '../../../../plugin/drain/budgets.ts';
import { causeOf, type Cause } from '../../../../plugin/drain/cause.ts';
import { EVICTION_BACK_OFF } from '../../../../plugin/drain/evict.ts';
import { NO_DATABASES, type Databases } from '../../../../plugin/drain/databases.ts';
import { drainNode } from '../../../../plugin/drain/engine.ts';
import type { DrainPorts, LeftPod } from '../../../../plugin/drain/ports.ts';
import { Notifier } from '../../../../plugin/session/wait.ts';
import { NOTHING_INSIDE } from '../../../../plugin/drain/work-inside.ts';
import { Limiter } from '../../../../plugin/drain/limiter.ts';
import { followNode } from '../../../../plugin/drain/live-node.ts';
import { followPods } from '../../../../plugin/drain/pods-on-node.ts';
import { BUDGETS, NODES, pauseAfter, PODS, type ApiAnswer, type ApiRequest } from '../../../../shared/index.ts';
import {
  answer,
  budgetObject,
  failure,
  nodeObject,
  nodeSnapshot,
  podObject,
  settle,
  toldSession,
  type NodeShape,
  type PodShape,
} from '../world.ts';

const ACCEPTED = answer(201);
/** What the API server says of a budget that the drain knows nothing about. */
const WHY = 'The disruption budget web needs 1 healthy pods and has 1 currently';
const BLOCKED = failure(429, 'm', [{ reason: 'DisruptionBudget', message: WHY }]);
/** What the drain says of a budget that it follows. */
const HELD =
  'disruption budget default/web needs 1 healthy pods and has 1: it lets none of its 1 pods go; change it, or scale up';
const SILENT: NodeShape = { conditions: [{ type: 'Ready', status: 'Unknown' }] };
const WEB: PodShape = { labels: { app: 'web' } };

interface Given {
  /** Pods by name. */
  readonly pods: Readonly<Record<string, PodShape>>;
  /** Pods that end by themselves, with why they are waited for. */
  readonly waitFor?: Readonly<Record<string, string>>;
  /** `disruptionsAllowed` of the budget `web` at the start; without one there is no budget. */
  readonly allowed?: number;
  /** The answers to evictions in their order; the last one again and again. */
  readonly answers?: readonly (ApiAnswer | Error)[] | 'none';
  readonly tools?: Partial<DrainPorts>;
  /** The node's kubelet is not heard of. */
  readonly silent?: boolean;
}

/** A drain under way, in a world where only the test makes things happen. */
async function begin({ pods, waitFor = {}, allowed, answers = [], tools = {}, silent = false }: Given) {
  const { session, cluster, clock } = toldSession();
  const stop = new AbortController();
  const told: string[] = [];
  const going: string[] = [];
  cluster.lists.set(
    PODS,
    Object.entries(pods).map(([name, shape]) => podObject(name, shape)),
  );
  if (allowed !== undefined) cluster.lists.set(BUDGETS, [budgetObject('web', { allowed })]);
  cluster.say = (request, count) => {
    if (answers === 'none') return silence(request);
    const next = answers[Math.min(count, answers.length) - 1] ?? ACCEPTED;
    if (next instanceof Error) throw next;
    return next;
  };
  const onNode = followPods('n1', undefined, session, { signal: stop.signal, note: () => undefined });
  const all = await onNode.first;
  const budgets = followBudgets(cluster, clock, stop.signal);
  await budgets.first;
  const plan = {
    node: 'n1',
    evict: all.filter(({ name }) => !(name in waitFor)),
    waitFor: all.flatMap((pod) =>
      pod.name in waitFor ? [{ pod, why: waitFor[pod.name] ?? '', inside: tools.inside !== undefined }] : [],
    ),
    leave: [],
    refused: [],
    warnings: [],
    refusals: [],
  };
  cluster.lists.set(NODES, [nodeObject('n1', silent ? SILENT : {})]);
  const node = followNode(nodeSnapshot('n1'), () => undefined, session, stop.signal);
  await node.first;
  let left: readonly LeftPod[] | undefined;
  const drained = drainNode(plan, {
    sender: cluster,
    pods: onNode,
    budgets,
    databases: NO_DATABASES,
    inside: NOTHING_INSIDE,
    limiter: new Limiter(32),
    clock,
    signal: stop.signal,
    listener: {
      waiting: (pod, { text }) => told.push(`${pod.name} waits: ${text}`),
      going: (pod) => going.push(pod.name),
      gone: (pod) => told.push(`${pod.name} gone`),
      unconfirmed: (pod) => told.push(`${pod.name} unconfirmed`),
    },
    gracePeriodSeconds: -1,
    disableEviction: false,
    node,
    skipWaitForDeleteSeconds: 0,
    byPriority: true,
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
    /** Names of the pods that have agreed to go. */
    going,
    stop,
    drained,
    /** Names of the pods whose eviction was asked for, in that order. */
    asked: () => cluster.requests.map(podOf),
    left: () => left,
    why: () => left?.map(({ pod, cause }) => `${pod.name}: ${cause.text}`),
    /** Nobody hears of the node's kubelet any more. */
    silence: async () => {
      cluster.tell(NODES, 'changed', nodeObject('n1', SILENT));
      await settle();
    },
    change: async (name: string, shape: PodShape) => {
      cluster.tell(PODS, 'changed', podObject(name, { ...pods[name], ...shape }));
      await settle();
    },
    remove: async (...names: readonly string[]) => {
      for (const name of names) cluster.tell(PODS, 'removed', podObject(name, pods[name]));
      await settle();
    },
    budget: async (what: 'changed' | 'removed', now: number) => {
      cluster.tell(BUDGETS, what, budgetObject('web', { allowed: now }));
      await settle();
    },
  };
}

function podOf({ path }: ApiRequest): string {
  return /\/pods\/([^/]+)/.exec(path)?.[1] ?? path;
}

/** An answer that never comes, until the request is cut off. */
function silence({ signal }: ApiRequest): Promise<ApiAnswer> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => {
      reject(new Error('interrupted by SIGINT'));
    });
  });
}

describe('a pod that goes', () => {
  test('is evicted once, and gone when the node no longer has it', async () => {
    const drain = await begin({ pods: { a: {} } });
    expect(drain.asked()).toEqual(['a']);
    expect(drain.told).toEqual([]);
    expect(drain.left()).toBeUndefined();
    await drain.remove('a');
    expect(drain.told).toEqual(['a gone']);
    expect(drain.left()).toEqual([]);
  });

  test('nothing to do is done at once', async () => {
    const drain = await begin({ pods: {} });
    expect(drain.left()).toEqual([]);
  });

  test('404 and another UID need no waiting', async () => {
    const uid = failure(409, 'the UID in the precondition (a) does not match the UID in record (b)');
    const drain = await begin({ pods: { a: {}, b: {} }, answers: [answer(404), uid] });
    expect(drain.left()).toEqual([]);
    expect(drain.told).toEqual(['a gone', 'b gone']);
  });

  test('one that terminates already is waited for, not evicted again', async () => {
    const drain = await begin({ pods: { a: { deletionTimestamp: '2026-01-05T22:10:09Z' } } });
    expect(drain.asked()).toEqual([]);
    expect(drain.left()).toBeUndefined();
    await drain.remove('a');
    expect(drain.left()).toEqual([]);
  });

  test('one that stays long after its grace period is told of, with what holds it', async () => {
    const drain = await begin({
      pods: { a: { deletionTimestamp: '2026-01-05T22:10:00Z', finalizers: ['x.io/volume'] } },
    });
    await drain.clock.pass(9_999);
    expect(drain.told).toEqual([]);
    await drain.clock.pass(1);
    expect(drain.told).toEqual(['a waits: still terminating, held by finalizers x.io/volume']);
    await drain.change('a', { labels: { x: 'y' } });
    await drain.change('a', { finalizers: ['y.io/z'] });
    expect(drain.told.slice(1)).toEqual(['a waits: still terminating, held by finalizers y.io/z']);
  });

  test.each([
    [-1, 1],
    [0, 0],
    [30, 30],
  ])('on a node that nobody hears of it is not waited for; a grace of %d is one of %d', async (given, sent) => {
    const drain = await begin({
      pods: { a: {}, b: { deletionTimestamp: '2026-01-05T22:09:00Z' } },
      silent: true,
      tools: { gracePeriodSeconds: given },
    });
    expect(drain.left()).toEqual([]);
    expect(drain.told.toSorted()).toEqual(['a unconfirmed', 'b unconfirmed']);
    expect(drain.asked()).toEqual(['a']);
    expect(drain.cluster.requests[0]).toHaveProperty('body.deleteOptions.gracePeriodSeconds', sent);
  });

  test('on a node that falls silent it is not waited for any longer', async () => {
    const drain = await begin({ pods: { a: {}, job: {} }, waitFor: { job: 'a scan is running' } });
    expect(drain.left()).toBeUndefined();
    await drain.silence();
    expect(drain.told).toEqual(['job waits: a scan is running', 'a unconfirmed', 'job unconfirmed']);
    expect(drain.left()).toEqual([]);
  });

  test('is not waited for from so many seconds on that were named, after its grace period', async () => {
    const drain = await begin({ pods: { a: {} }, tools: { skipWaitForDeleteSeconds: 3 } });
    await drain.change('a', { deletionTimestamp: '2026-01-05T22:10:30Z' });
    await drain.clock.pass(33_000);
    expect(drain.told).toEqual([]);
    await drain.clock.pass(1);
    expect(drain.told).toEqual(['a unconfirmed']);
    expect(drain.left()).toEqual([]);
  });

  test('with --disable-eviction it is deleted, and no budget is asked', async () => {
    const drain = await begin({ pods: { a: WEB }, allowed: 0, tools: { disableEviction: true } });
    expect(drain.cluster.requests).toMatchObject([{ method: 'DELETE', path: '/api/v1/namespaces/default/pods/a' }]);
    expect(drain.told).toEqual([]);
  });
});

describe('order', () => {
  test('pods of one priority go together, the next when all of them are gone', async () => {
    const drain = await begin({ pods: { high: { priority: 10 }, low1: { priority: -1 }, low2: { priority: -1 } } });
    expect(drain.asked()).toEqual(['low1', 'low2']);
    await drain.remove('low1');
    expect(drain.asked()).toEqual(['low1', 'low2']);
    await drain.remove('low2');
    expect(drain.asked()).toEqual(['low1', 'low2', 'high']);
  });

  test('what the caller may not evict keeps no other', async () => {
    const drain = await begin({
      pods: { high: { priority: 10 }, low: { priority: -1 } },
      answers: [failure(403, 'no right'), ACCEPTED],
    });
    expect(drain.asked()).toEqual(['low', 'high']);
    await drain.remove('high');
    expect(drain.why()).toEqual(['low: no right']);
  });

  test('what no waiting helps keeps no other', async () => {
    const drain = await begin({ pods: { high: { priority: 10 }, low: { ...WEB, priority: -1 } }, allowed: 0 });
    expect(drain.asked()).toEqual(['high']);
    await drain.budget('removed', 0);
    expect(drain.asked()).toEqual(['high', 'low']);
  });

  test.each<[string, number, number]>([
    ['waits for a budget: 10 s after the last that went', 10_000, 1],
    ['goes for very long: 5 minutes', 300_000, 0],
  ])('one of low priority that %s', async (_what, ms, blocked) => {
    const drain = await begin({
      pods: { high: { priority: 10 }, low: { priority: -1 } },
      answers: blocked > 0 ? [BLOCKED] : [ACCEPTED],
    });
    await drain.clock.pass(ms - 1);
    expect(drain.asked()).not.toContain('high');
    await drain.clock.pass(1);
    expect(drain.asked()).toContain('high');
  });

  test('one that is stuck in its deletion keeps no other', async () => {
    const drain = await begin({
      pods: { high: { priority: 10 }, low: { priority: -1, deletionTimestamp: '2026-01-05T22:10:00Z' } },
    });
    await drain.clock.pass(9_999);
    expect(drain.asked()).toEqual([]);
    await drain.clock.pass(1);
    expect(drain.asked()).toEqual(['high']);
  });

  test('is not kept where that was asked for', async () => {
    const drain = await begin({
      pods: { high: { priority: 10 }, low: { priority: -1 } },
      tools: { byPriority: false },
    });
    expect(drain.asked()).toEqual(['high', 'low']);
  });

  test('those whose turn never came are left, too', async () => {
    const drain = await begin({ pods: { high: { priority: 10 }, low: { priority: -1 } } });
    drain.stop.abort();
    await drain.drained;
    expect(drain.why()).toEqual(['low: still terminating', 'high: pods of lower priority go first']);
  });

  test('a pod that ends by itself is evicted when it has ended, and keeps no other', async () => {
    const drain = await begin({ pods: { a: {}, job: {} }, waitFor: { job: 'a Velero backup is running' } });
    expect(drain.told).toEqual(['job waits: a Velero backup is running']);
    expect(drain.asked()).toEqual(['a']);
    await drain.change('job', { labels: { x: 'y' } });
    expect(drain.asked()).toEqual(['a']);
    await drain.change('job', { phase: 'Succeeded' });
    expect(drain.asked()).toEqual(['a', 'job']);
    await drain.remove('a', 'job');
    expect(drain.left()).toEqual([]);
  });

  test.each<[string, PodShape | undefined]>([
    ['is deleted by somebody', { deletionTimestamp: '2026-01-05T22:10:00Z' }],
    ['is gone', undefined],
  ])('a pod that was to end by itself and %s needs no eviction', async (_what, shape) => {
    const drain = await begin({ pods: { job: {} }, waitFor: { job: 'a scan is running' } });
    if (shape !== undefined) await drain.change('job', shape);
    await drain.remove('job');
    expect(drain.left()).toEqual([]);
    expect(drain.asked().length).toBe(0);
  });
});

describe('a pod in which a backup runs', () => {
  function databaseWith(now: { backup: string | undefined }) {
    const wakes = new Notifier();
    const inside = { in: () => now.backup, changed: (signal: AbortSignal) => wakes.next(signal) };
    const waitFor = { pg: 'the backup is running in it' };
    return { wakes, drain: begin({ pods: { pg: {} }, waitFor, tools: { inside } }) };
  }

  test('is evicted when the backup has ended, and not before', async () => {
    const now: { backup: string | undefined } = { backup: 'nightly' };
    const { wakes, drain: begun } = databaseWith(now);
    const drain = await begun;
    wakes.notify();
    await settle();
    expect([drain.told, drain.asked().length]).toEqual([['pg waits: the backup is running in it'], 0]);
    now.backup = undefined;
    wakes.notify();
    await settle();
    expect(drain.asked().length).toBe(1);
    await drain.remove('pg');
    expect(drain.left()).toEqual([]);
  });

  test('whose backup ended meanwhile is evicted at once', async () => {
    const drain = await databaseWith({ backup: undefined }).drain;
    expect(drain.asked().length).toBe(1);
  });
});

describe('a pod whose only budget is known', () => {
  test('is not asked about before the budget has room, and says at once what it waits for', async () => {
    const drain = await begin({ pods: { a: WEB }, allowed: 0 });
    expect(drain.asked()).toEqual([]);
    expect(drain.told).toEqual([`a waits: ${HELD}`]);
    await drain.budget('changed', 0);
    expect(drain.asked()).toEqual([]);
    expect(drain.going).toEqual([]);
    await drain.budget('changed', 1);
    expect(drain.asked()).toEqual(['a']);
    expect(drain.going).toEqual(['a']);
    await drain.remove('a');
    expect(drain.left()).toEqual([]);
  });

  test('goes with as many others as the budget has room for', async () => {
    const drain = await begin({ pods: { a: WEB, b: WEB, c: WEB }, allowed: 2 });
    expect(drain.asked()).toEqual(['a', 'b']);
    await drain.budget('changed', 0);
    await drain.remove('a');
    expect(drain.asked()).toEqual(['a', 'b']);
    await drain.budget('changed', 1);
    expect(drain.asked()).toEqual(['a', 'b', 'c']);
  });

  test('is refused all the same: the API server knew better, and the next change counts', async () => {
    const drain = await begin({ pods: { a: WEB }, allowed: 1, answers: [BLOCKED, ACCEPTED] });
    expect(drain.asked()).toEqual(['a']);
    expect(drain.told).toEqual([
      'a waits: disruption budget default/web needs 1 healthy pods and has 2; others of it go first',
    ]);
    await drain.budget('changed', 1);
    expect(drain.asked()).toEqual(['a', 'a']);
  });

  test('goes when the budget is deleted', async () => {
    const drain = await begin({ pods: { a: WEB, b: WEB }, allowed: 0 });
    await drain.budget('removed', 0);
    expect(drain.asked()).toEqual(['a', 'b']);
  });

  test('asks all the same after 5 s without news, the first one alone', async () => {
    const drain = await begin({ pods: { a: WEB, b: WEB }, allowed: 0, answers: [BLOCKED] });
    await drain.clock.pass(4999);
    expect(drain.asked()).toEqual([]);
    await drain.clock.pass(1);
    expect(drain.asked()).toEqual(['a']);
  });

  test('leaves its place to the next when its own eviction fails', async () => {
    const drain = await begin({ pods: { a: WEB, b: WEB }, allowed: 1, answers: [answer(404), ACCEPTED] });
    expect(drain.asked()).toEqual(['a', 'b']);
  });

  test('that is not Ready is asked about at once: budgets let such pods go', async () => {
    const drain = await begin({ pods: { a: { ...WEB, ready: false } }, allowed: 0 });
    expect(drain.asked()).toEqual(['a']);
  });

  test('is told with the numbers of the end', async () => {
    const drain = await begin({ pods: { a: WEB }, allowed: 0 });
    drain.cluster.tell(BUDGETS, 'changed', budgetObject('web', { allowed: 0, needed: 3, healthy: 2, expected: 4 }));
    drain.stop.abort();
    await drain.drained;
    expect(drain.why()).toEqual(['a: disruption budget default/web needs 3 healthy pods and has 2']);
  });
});

describe('a member of a replicated database', () => {
  const FIRST = causeOf('order', 'one member of Kafka shop/k at a time: k-2 goes first');
  const LATE = causeOf('member', 'one member of Kafka shop/k at a time: k-2 is not Ready');

  /** Databases in which the test says whose turn it is. */
  function turns() {
    const told: string[] = [];
    const opened = new Notifier();
    const state = { isOpen: false, final: undefined as Cause | undefined };
    const databases: Databases = {
      ...NO_DATABASES,
      turn: async (_pod, tell, signal) => {
        while (!state.isOpen && state.final === undefined && !signal.aborted) {
          tell(FIRST);
          await opened.next(signal);
        }
        return state.final;
      },
      take: ({ name }) => {
        told.push(`${name} takes`);
        return { end: (outcome) => told.push(`${name} ${outcome}`) };
      },
    };
    return {
      databases,
      told,
      say: async (change: Partial<typeof state>) => {
        Object.assign(state, change);
        opened.notify();
        await settle();
      },
    };
  }

  test('is asked in its turn, and says what it waits for', async () => {
    const { databases, told, say } = turns();
    const drain = await begin({ pods: { a: {} }, tools: { databases } });
    expect([drain.asked(), drain.told, told]).toEqual([[], [`a waits: ${FIRST.text}`], []]);
    await say({ isOpen: true });
    expect([drain.asked(), told]).toEqual([['a'], ['a takes', 'a goes']]);
    await drain.remove('a');
    expect(drain.left()).toEqual([]);
  });

  test('is left with that where the drain ends before, and at once where no waiting helps', async () => {
    const [held, hopeless] = [turns(), turns()];
    const drain = await begin({ pods: { a: {} }, tools: { databases: held.databases } });
    drain.stop.abort();
    await drain.drained;
    expect(drain.why()).toEqual([`a: ${FIRST.text}`]);
    const other = await begin({ pods: { a: {} }, tools: { databases: hopeless.databases } });
    await hopeless.say({ final: LATE });
    expect([other.asked(), other.why()]).toEqual([[], [`a: ${LATE.text}`]]);
  });

  test('takes its turn when its budget lets it go, and not before', async () => {
    const { databases, told, say } = turns();
    await say({ isOpen: true });
    const drain = await begin({ pods: { a: WEB }, allowed: 0, tools: { databases } });
    expect(told).toEqual([]);
    await drain.budget('changed', 1);
    expect([drain.asked(), told]).toEqual([['a'], ['a takes', 'a goes']]);
  });

  test('gives back what its budget had left where somebody was quicker', async () => {
    const { databases, say } = turns();
    await say({ isOpen: true });
    const quicker: Databases = {
      ...databases,
      take: (pod) => {
        if (pod.name === 'b') return NO_DATABASES.take(pod);
        // Whoever it was, the turn is not open any more.
        void say({ isOpen: false });
        return undefined;
      },
    };
    const drain = await begin({ pods: { a: WEB, b: WEB }, allowed: 1, tools: { databases: quicker } });
    expect(drain.asked()).toEqual(['b']);
  });

  test.each<readonly [string, ApiAnswer | Error, string]>([
    ['a budget that nobody knows', BLOCKED, 'stays'],
    ['no right', failure(403, 'no'), 'stays'],
    ['another pod by now', answer(404), 'goes'],
    ['an operator that moves it', failure(500, 'The pod will be rolled by the Strimzi Cluster Operator'), 'goes'],
    ['a webhook', failure(403, 'admission webhook "x.io" denied the request: no'), 'stays'],
    ['too many requests', failure(429, 'slow down'), 'stays'],
    ['a server that fails', failure(500, 'x'), 'unknown'],
    ['a connection that breaks', new Error('reset'), 'unknown'],
  ])('tells what came of it: %s', async (_what, said, expected) => {
    const { databases, told, say } = turns();
    await say({ isOpen: true });
    await begin({ pods: { a: {} }, answers: [said], tools: { databases } });
    expect(told).toEqual(['a takes', `a ${expected}`]);
  });

  test('has its turn with --disable-eviction, too', async () => {
    const { databases, told } = turns();
    const drain = await begin({ pods: { a: {} }, tools: { databases, disableEviction: true } });
    expect([drain.asked(), drain.told, told]).toEqual([[], [`a waits: ${FIRST.text}`], []]);
  });
});

describe('a pod of two budgets, or of one that nobody may read', () => {
  const TWO = failure(500, 'This pod has more than one PodDisruptionBudget, which the eviction subresource …');

  test('two budgets: asked at once, and again at each change of a budget in its namespace', async () => {
    const drain = await begin({ pods: { a: WEB }, allowed: 0, answers: [TWO] });
    drain.cluster.tell(BUDGETS, 'changed', budgetObject('other', { allowed: 1 }));
    await settle();
    expect(drain.asked()).toEqual([]);
    await drain.clock.pass(5000);
    expect(drain.asked()).toEqual(['a']);
    expect(drain.told.at(-1)).toBe(
      'a waits: more than one disruption budget selects it, which evictions do not support',
    );
    drain.cluster.tell(BUDGETS, 'changed', budgetObject('far', { allowed: 1, namespace: 'elsewhere' }));
    await settle();
    expect(drain.asked()).toEqual(['a']);
    drain.cluster.tell(BUDGETS, 'removed', budgetObject('other', { allowed: 1 }));
    await settle();
    expect(drain.asked()).toEqual(['a', 'a']);
  });

  test('an unknown budget: asked every 5 s, and the same reason is told once', async () => {
    const drain = await begin({ pods: { a: {} }, answers: [BLOCKED] });
    expect(drain.told).toEqual([`a waits: ${WHY}`]);
    await drain.clock.pass(4999);
    expect(drain.asked()).toHaveLength(1);
    await drain.clock.pass(1);
    expect(drain.asked()).toHaveLength(2);
    await drain.clock.pass(5000);
    expect(drain.asked()).toHaveLength(3);
    expect(drain.told).toEqual([`a waits: ${WHY}`]);
  });

  test('is not asked about again when it went by itself', async () => {
    const drain = await begin({ pods: { a: {} }, answers: [BLOCKED] });
    await drain.remove('a');
    expect(drain.asked()).toHaveLength(1);
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
    expect(drain.clock.slept).toEqual([200, 400, 800]);
    await drain.clock.pass(800);
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
    expect(drain.asked()).toHaveLength(2);
  });

  test('that is too busy is asked by fewer at once', async () => {
    const limiter = new Limiter(8);
    await begin({ pods: { a: {} }, answers: [failure(429, 'too many requests'), ACCEPTED], tools: { limiter } });
    expect(limiter.limit).toBe(4);
  });

  test('is not asked for ever about what it refuses', async () => {
    const drain = await begin({ pods: { a: {}, b: {} }, answers: [failure(403, 'no right'), ACCEPTED] });
    await drain.remove('b');
    expect(drain.left()).toMatchObject([{ pod: { name: 'a' }, cause: { kind: 'refused', text: 'no right' } }]);
  });

  test.each([
    [1, 0, 200],
    [1, 1, 300],
    [2, 0, 400],
    [6, 0, 6400],
    [7, 0, 10_000],
    [1000, 0.5, 12_500],
  ])('the pause after %d failures in a row', (failures, random, ms) => {
    expect(pauseAfter(failures, EVICTION_BACK_OFF, random)).toBe(ms);
  });
});

describe('the end of the drain', () => {
  test('leaves what a budget holds and what still runs, each with its reason', async () => {
    const drain = await begin({ pods: { a: WEB, job: {} }, allowed: 0, waitFor: { job: 'a scan is running' } });
    drain.stop.abort();
    await drain.drained;
    expect(drain.why()).toEqual([`a: ${HELD}`, 'job: a scan is running']);
  });

  test('leaves what still terminates, and says what holds it', async () => {
    const drain = await begin({ pods: { a: {}, b: { finalizers: ['x.io/volume', 'y.io/z'] } } });
    drain.stop.abort();
    await drain.drained;
    expect(drain.why()).toEqual([
      'a: still terminating',
      'b: still terminating, held by finalizers x.io/volume, y.io/z',
    ]);
    expect(drain.told).toEqual([]);
  });

  test('is no reason for a pod to wait; an eviction that it cut off is one of which nobody knows', async () => {
    const drain = await begin({ pods: { a: {}, b: {} }, answers: 'none', tools: { limiter: new Limiter(1) } });
    drain.stop.abort();
    await drain.drained;
    expect(drain.why()).toEqual([
      'a: its eviction was asked for, and the API server had not answered',
      'b: not tried yet',
    ]);
    expect(drain.asked()).toEqual(['a']);
    expect(drain.told).toEqual([]);
  });

  test('keeps the reason that was known before the eviction it cut off', async () => {
    const drain = await begin({ pods: { a: {} }, answers: [BLOCKED] });
    drain.cluster.say = silence;
    await drain.clock.pass(5000);
    expect(drain.asked()).toHaveLength(2);
    drain.stop.abort();
    await drain.drained;
    expect(drain.why()).toEqual([`a: ${WHY}`]);
  });
});

test('a pod counts with the labels that it has by now: they say which budget holds it', async () => {
  const drain = await begin({ pods: { a: {} }, allowed: 0, answers: [BLOCKED] });
  expect(drain.told).toEqual([`a waits: ${WHY}`]);
  await drain.change('a', WEB);
  await drain.clock.pass(ASK_ANYWAY_MS);
  expect(drain.told).toEqual([`a waits: ${WHY}`, `a waits: ${HELD}`]);
  drain.stop.abort();
  await drain.drained;
});
