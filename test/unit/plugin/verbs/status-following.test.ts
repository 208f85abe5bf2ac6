import { describe, expect, test } from 'vitest';
import { followBudgets } from '../../../../plugin/drain/budgets.ts';
import { followPods } from '../../../../plugin/drain/pods-on-node.ts';
import { BUDGETS, ClusterRefusal, PODS, type CollectionListener } from '../../../../shared/index.ts';
import { budgetObject, podFacts, podObject, settle, toldSession, ToldClock, ToldCluster } from '../world.ts';

const forbidden = (): Promise<never> =>
  Promise.reject(new ClusterRefusal({ status: 403, reason: 'Forbidden', message: 'forbidden', body: {} }));
const silent = () => undefined;

describe('pods', () => {
  test('that cannot be read are an error; a drain that ends first is one, too', async () => {
    const { session, cluster } = toldSession();
    cluster.followInstead = () => Promise.reject(new Error('not found'));
    const { signal } = new AbortController();
    await expect(followPods('n1', undefined, session, { signal, note: silent }).first).rejects.toThrow('not found');
    const quiet = toldSession();
    quiet.cluster.follow = () => Promise.resolve();
    const over = { signal: AbortSignal.abort(), note: silent };
    await expect(followPods('n1', undefined, quiet.session, over).first).rejects.toMatchObject({
      code: 'gave-up',
      message: 'the pods on node n1 were not read in time',
    });
  });

  test('without the right to watch they are listed once a second', async () => {
    const { session, cluster, clock } = toldSession();
    cluster.followInstead = forbidden;
    cluster.lists.set(PODS, [podObject('a')]);
    const stop = new AbortController();
    const pods = followPods('n1', undefined, session, { signal: stop.signal, note: silent });
    expect((await pods.first).map(({ name }) => name)).toEqual(['a']);
    cluster.lists.set(PODS, [podObject('b')]);
    await settle();
    expect(pods.has('uid-a')).toBe(true);
    await clock.pass(1000);
    expect([pods.has('uid-a'), pods.has('uid-b')]).toEqual([false, true]);
    stop.abort();
  });

  test('come, change and go', async () => {
    const { session, cluster } = toldSession();
    const stop = new AbortController();
    cluster.lists.set(PODS, [podObject('a')]);
    const pods = followPods('n1', undefined, session, { signal: stop.signal, note: silent });
    expect(await pods.first).toEqual([podFacts('a')]);
    const next = pods.changed(stop.signal);
    cluster.tell(PODS, 'changed', podObject('b', { finalizers: ['x'] }));
    await next;
    expect(pods.all().map(({ name }) => name)).toEqual(['a', 'b']);
    expect(pods.get('uid-b')?.finalizers).toEqual(['x']);
    const moved = pods.changed(stop.signal, 'uid-a');
    cluster.tell(PODS, 'removed', podObject('a'));
    await moved;
    expect([pods.has('uid-a'), pods.has('uid-b')]).toEqual([false, true]);
    stop.abort();
    await pods.changed(stop.signal);
  });

  test('a watch that breaks is told once for each reason', async () => {
    const { session, cluster } = toldSession();
    const told: string[] = [];
    let heard: CollectionListener<unknown> | undefined;
    cluster.follow = (_path, listener) => {
      heard = listener;
      listener.synced([]);
      return new Promise(() => undefined);
    };
    const { signal } = new AbortController();
    await followPods('n1', undefined, session, { signal, note: (text) => told.push(text) }).first;
    for (const why of ['reset', 'reset', 'too old']) heard?.interrupted?.(new Error(why));
    expect(told).toEqual(['watching the pods on node n1 again: reset', 'watching the pods on node n1 again: too old']);
  });
});

describe('budgets', () => {
  const web = podFacts('a', { labels: { app: 'web' } });

  test('without the right to follow them none is known, and nothing breaks', async () => {
    const cluster = new ToldCluster();
    cluster.followInstead = forbidden;
    const over = new AbortController();
    const budgets = followBudgets(cluster, new ToldClock(), over.signal);
    await budgets.first;
    expect(budgets.readable).toBe(false);
    expect(budgets.covering(web)).toEqual([]);
    expect(budgets.holding(web)).toBeUndefined();
    (await budgets.turn(web, false, over.signal)).end('blocked');
    const again = budgets.turn(web, true, over.signal);
    over.abort();
    (await again).end('other');
  });

  test('one that went while nobody was told holds no pod any more', async () => {
    const cluster = new ToldCluster();
    const lists: CollectionListener<unknown>['synced'][] = [];
    cluster.follow = (_path, listener) => {
      lists.push((objects) => {
        listener.synced(objects.map((one) => listener.project(one)));
      });
      return new Promise(() => undefined);
    };
    const { signal } = new AbortController();
    const budgets = followBudgets(cluster, new ToldClock(), signal);
    lists[0]?.([budgetObject('web', { allowed: 0 })]);
    await budgets.first;
    expect(budgets.readable).toBe(true);
    expect(budgets.holding(web)).toMatchObject({ name: 'web', allowed: 0 });
    const turn = budgets.turn(web, false, signal);
    lists[0]?.([]);
    (await turn).end('accepted');
    expect(budgets.covering(web)).toEqual([]);
  });

  test('a turn that was not used up is the next one’s', async () => {
    const cluster = new ToldCluster();
    cluster.lists.set(BUDGETS, [budgetObject('web', { allowed: 1 })]);
    const { signal } = new AbortController();
    const budgets = followBudgets(cluster, new ToldClock(), signal);
    await budgets.first;
    const first = await budgets.turn(web, false, signal);
    let isNext = false;
    const second = budgets.turn(podFacts('b', { labels: { app: 'web' } }), false, signal).then((turn) => {
      isNext = true;
      return turn;
    });
    await settle();
    expect(isNext).toBe(false);
    first.end('other');
    (await second).end('accepted');
  });
});
