import { expect, test } from 'vitest';
import { followCollection, type Followed } from '../../../../plugin/session/live-collection.ts';
import { ClusterRefusal, NODES, textAt, type CollectionListener } from '../../../../shared/index.ts';
import { nodeObject, settle, toldSession } from '../world.ts';

const nameOf = (object: unknown): string | undefined => textAt(object, 'metadata', 'name');
const refuse = (): Promise<never> =>
  Promise.reject(new ClusterRefusal({ status: 403, reason: 'Forbidden', message: 'no', body: {} }));

function follow(more: Partial<Followed<string>> = {}, prepare?: (world: ReturnType<typeof toldSession>) => void) {
  const world = toldSession();
  world.cluster.lists.set(NODES, [nodeObject('n1'), nodeObject('n2')]);
  prepare?.(world);
  const stop = new AbortController();
  const heard: (readonly string[])[] = [];
  const hear: Followed<string>['hear'] = (_objects, uids) => heard.push(uids);
  const nodes = followCollection({ path: NODES, project: nameOf, hear, signal: stop.signal, ...more }, world.session);
  return { ...world, stop, heard, nodes };
}

test('objects come, change and go, each by its UID; who waits for one hears of that one', async () => {
  const { nodes, cluster, heard, stop } = follow();
  expect(await nodes.first).toEqual(['n1', 'n2']);
  let isWoken = false;
  const changed = nodes.changed(stop.signal, 'uid-n2').then(() => {
    isWoken = true;
  });
  cluster.tell(NODES, 'changed', nodeObject('n3'));
  await settle();
  expect([isWoken, nodes.get('uid-n3')]).toEqual([false, 'n3']);
  cluster.tell(NODES, 'removed', nodeObject('n2'));
  await changed;
  expect([nodes.all(), nodes.has('uid-n2')]).toEqual([['n1', 'n3'], false]);
  expect(heard).toEqual([['uid-n1', 'uid-n2'], ['uid-n3'], ['uid-n2']]);
});

test('what is left out is not there, and wakes nobody', async () => {
  const project = (object: unknown): string | undefined => (nameOf(object) === 'n1' ? 'n1' : undefined);
  const { nodes, cluster, heard } = follow({ project });
  expect(await nodes.first).toEqual(['n1']);
  cluster.tell(NODES, 'changed', nodeObject('n2'));
  cluster.tell(NODES, 'removed', nodeObject('n2'));
  expect(heard).toEqual([['uid-n1']]);
});

test('after a break what went meanwhile is told as gone, and a cause is told once', () => {
  const told: string[] = [];
  let listener: CollectionListener<unknown> | undefined;
  const { nodes, heard } = follow({ interrupted: (why) => told.push(why) }, ({ cluster }) => {
    cluster.follow = (_path, one) => {
      listener = one;
      return new Promise(() => undefined);
    };
  });
  const sync = (...names: readonly string[]): void => {
    listener?.synced(names.map((name) => listener?.project(nodeObject(name))));
  };
  sync('n1', 'n2');
  for (const why of ['reset', 'reset', 'too old']) listener?.interrupted?.(new Error(why));
  sync('n2');
  expect([nodes.all(), heard.at(-1), told]).toEqual([['n2'], ['uid-n1', 'uid-n2'], ['reset', 'too old']]);
});

test('what may not be watched is listed every five seconds', async () => {
  const { nodes, cluster, clock } = follow({}, ({ cluster }) => {
    cluster.followInstead = refuse;
  });
  expect(await nodes.first).toEqual(['n1', 'n2']);
  cluster.lists.set(NODES, [nodeObject('n2')]);
  await clock.pass(5000);
  expect(nodes.all()).toEqual(['n2']);
});

test('where it is not to be polled that is an error, and whoever waits goes on', async () => {
  const { nodes, stop } = follow({ pollMs: 'never' }, ({ cluster }) => {
    cluster.followInstead = refuse;
  });
  const changed = nodes.changed(stop.signal);
  await expect(nodes.first).rejects.toThrow('no');
  await changed;
});

test('where following ends before anything is known, there is nothing at first', async () => {
  const { nodes } = follow({}, ({ cluster }) => {
    cluster.follow = () => Promise.resolve();
  });
  expect(await nodes.first).toBeUndefined();
});
