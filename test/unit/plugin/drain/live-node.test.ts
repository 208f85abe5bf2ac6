import { expect, test } from 'vitest';
import { followNode } from '../../../../plugin/drain/live-node.ts';
import type { NodeSnapshot } from '../../../../plugin/nodes/snapshot.ts';
import { ClusterRefusal, nodePath, NODES } from '../../../../shared/index.ts';
import { nodeObject, nodeSnapshot, settle, toldSession } from '../world.ts';

const SILENT = { conditions: [{ type: 'Ready', status: 'Unknown' }] };
const FORBIDDEN = new ClusterRefusal({ status: 403, reason: 'Forbidden', message: 'no', body: {} });

function follow(prepare: (world: ReturnType<typeof toldSession>) => void) {
  const world = toldSession();
  prepare(world);
  const heard: (string | undefined)[] = [];
  const stop = new AbortController();
  const hear = (fresh: NodeSnapshot | undefined) => heard.push(fresh?.facts.uid);
  return { ...world, heard, node: followNode(nodeSnapshot('n1'), hear, world.session, stop.signal) };
}

test('a node is as it is now: whoever waits for a change hears of it', async () => {
  const { node, cluster, heard } = follow(({ cluster }) => cluster.lists.set(NODES, [nodeObject('n1')]));
  await node.first;
  expect(node.unreachable).toBe(false);
  const changed = node.changed(new AbortController().signal);
  cluster.tell(NODES, 'changed', nodeObject('n1', SILENT));
  await changed;
  expect(node.unreachable).toBe(true);
  cluster.tell(NODES, 'removed', nodeObject('n1', SILENT));
  expect(heard).toEqual(['uid-n1', 'uid-n1', undefined]);
});

test('without the right to watch nodes it is read again and again', async () => {
  const { node, cluster, clock } = follow(({ cluster }) => {
    cluster.followInstead = () => Promise.reject(FORBIDDEN);
    cluster.objects.set(nodePath('n1'), nodeObject('n1'));
  });
  await node.first;
  expect(node.unreachable).toBe(false);
  cluster.objects.set(nodePath('n1'), nodeObject('n1', SILENT));
  await clock.pass(5000);
  expect(node.unreachable).toBe(true);
});

test('a node that cannot be read stays as it was', async () => {
  const { node, heard } = follow(({ cluster }) => {
    cluster.followInstead = () => Promise.reject(FORBIDDEN);
    cluster.get = () => Promise.reject(FORBIDDEN);
  });
  await node.first;
  await settle();
  expect([node.unreachable, heard]).toEqual([false, []]);
});
