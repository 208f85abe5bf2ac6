import { expect, test } from 'vitest';
import { refusalEventsFollowed } from '../../../../plugin/kept-off/refusal-events.ts';
import { EVENTS, eventsPath, NODE_EVENT_NAMESPACE } from '../../../../shared/index.ts';
import { toldSession } from '../world.ts';

const ABOUT_NODES = eventsPath(NODE_EVENT_NAMESPACE);
const event = (node: string, reason: string) => ({
  metadata: { uid: `${node}-${reason}` },
  involvedObject: { kind: 'Node', name: node },
  reason,
});

test('what was kept off is listed once, and followed: each node has its own', async () => {
  const { cluster, session } = toldSession();
  cluster.lists.set(ABOUT_NODES, [event('n1', 'WorkDenied'), event('n2', 'WorkDenied')]);
  cluster.lists.set(EVENTS, [{ metadata: { uid: 'm' }, involvedObject: { kind: 'Job', name: 'j' } }]);
  const events = refusalEventsFollowed(session, session.signal);
  expect((await events.own('n2')).map(({ node }) => node)).toEqual(['n2']);
  cluster.tell(ABOUT_NODES, 'changed', event('n2', 'AddonHeld'));
  expect((await events.own('n2')).map(({ reason }) => reason)).toEqual(['WorkDenied', 'AddonHeld']);
  expect(await events.own()).toHaveLength(3);
  expect((await events.makers()).map(({ name }) => name)).toEqual(['j']);
  expect(cluster.requests).toEqual([]);
});

test('who may not watch them lists them each time', async () => {
  const { cluster, session } = toldSession();
  cluster.followInstead = () => Promise.reject(new Error('no'));
  cluster.lists.set(ABOUT_NODES, [event('n1', 'WorkDenied')]);
  const events = refusalEventsFollowed(session, session.signal);
  expect(await events.own('n1')).toHaveLength(1);
  cluster.lists.set(ABOUT_NODES, []);
  expect(await events.own('n1')).toEqual([]);
  expect(await events.makers()).toEqual([]);
});
