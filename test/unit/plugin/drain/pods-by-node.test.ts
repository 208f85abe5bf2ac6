import { describe, expect, test } from 'vitest';
import { podsForMany } from '../../../../plugin/drain/pods-by-node.ts';
import { PODS } from '../../../../shared/index.ts';
import { answer, podObject, settle, toldSession } from '../world.ts';

const on = (node: string, name: string) => podObject(name, { nodeName: node });

/** A cluster with some pods on two nodes, of which so many are looked at. */
async function looking(share: { readonly chosen: number; readonly of: number }, pods = 3) {
  const world = toldSession();
  const { cluster, session } = world;
  cluster.say = () =>
    answer(200, { metadata: { continue: 'next', remainingItemCount: pods === 0 ? undefined : pods - 1 } });
  cluster.lists.set(PODS, [on('n1', 'a'), on('n1', 'b'), on('n2', 'c')]);
  const followed = () => cluster.followed.map(({ query }) => query['fieldSelector'] ?? '');
  const notes: string[] = [];
  const note = (text: string) => notes.push(text);
  const source = await podsForMany(share, session, { signal: session.signal, note });
  return { ...world, source, followed, notes };
}

const SILENT = { signal: new AbortController().signal, note: () => undefined };

describe('where many of the nodes are looked at', () => {
  test('all pods are listed and watched once; each node has its own', async () => {
    const { source, followed, cluster } = await looking({ chosen: 1, of: 6 });
    expect((await source.read('n1')).map(({ name }) => name)).toEqual(['a', 'b']);
    const pods = source.follow('n2', SILENT);
    expect((await pods.first).map(({ name }) => name)).toEqual(['c']);
    expect(await source.follow('n3', SILENT).first).toEqual([]);
    expect(followed()).toEqual(['spec.nodeName!=']);

    let heard = 0;
    void pods.changed(SILENT.signal).then(() => (heard += 1));
    cluster.tell(PODS, 'removed', on('n1', 'a'));
    await settle();
    expect(heard).toBe(0);
    cluster.tell(PODS, 'changed', on('n2', 'd'));
    cluster.tell(PODS, 'removed', on('n2', 'c'));
    await settle();
    expect(heard).toBe(1);
    expect(pods.all().map(({ name }) => name)).toEqual(['d']);
    expect([pods.has('uid-c'), pods.get('uid-d')?.name, pods.has('uid-b')]).toEqual([false, 'd', false]);
  });

  test.each<[string, { readonly chosen: number; readonly of: number }, number]>([
    ['few nodes of many are looked at', { chosen: 1, of: 7 }, 3],
    ['there are more pods than are held', { chosen: 6, of: 6 }, 20_001],
    ['the API server does not say how many there are', { chosen: 6, of: 6 }, 0],
    ['nobody knows how many nodes there are', { chosen: 6, of: Infinity }, 3],
  ])('%s: each node has its own watch', async (_what, share, count) => {
    const { source, followed } = await looking(share, count);
    expect(followed()).toEqual([]);
    await source.follow('n1', SILENT).first;
    expect(followed()).toEqual(['spec.nodeName=n1']);
  });

  test('who may not watch all pods reads those of each node', async () => {
    const world = toldSession();
    world.cluster.say = () => answer(200, { metadata: {} });
    world.cluster.followInstead = () => Promise.reject(new Error('no'));
    world.cluster.lists.set(PODS, [on('n1', 'a')]);
    const source = await podsForMany({ chosen: 1, of: 1 }, world.session, SILENT);
    expect((await source.read('n1')).map(({ name }) => name)).toEqual(['a']);
  });
});
