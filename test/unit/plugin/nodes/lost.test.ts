import { expect, test } from 'vitest';
import { lossesIn, lostRecords } from '../../../../plugin/nodes/lost.ts';
import { readFromEvents } from '../../../../plugin/verbs/status/from-events.ts';
import { Unreadable } from '../../../../plugin/verbs/status/unreadable.ts';
import { eventAboutNode, eventsPath, nodePath } from '../../../../shared/index.ts';
import { toldSession } from '../world.ts';

const [EARLY, NOON, LATE] = ['2026-01-05T09:00:00Z', '2026-01-05T12:00:00Z', '2026-01-05T20:00:00Z'] as const;

const event = (reason: string, createdAt: string, node = 'n1', uid: string | undefined = `uid-${node}`) => ({
  node,
  uid,
  reason,
  message: '',
  count: 1,
  createdAt,
  lastAt: createdAt,
  afterDenial: undefined,
});

test.each([
  ['nothing was lost', [event('MaintenanceInitiated', EARLY)], {}],
  [
    'deleted in the middle of a maintenance',
    [event('MaintenanceInitiated', EARLY), event('MaintenanceLost', NOON)],
    { n1: NOON },
  ],
  [
    'begun and lost within a second',
    [event('MaintenanceInitiated', NOON), event('MaintenanceLost', NOON)],
    { n1: NOON },
  ],
  ['lost twice: the last time', [event('MaintenanceLost', LATE), event('MaintenanceLost', NOON)], { n1: LATE }],
  ['taken into maintenance again', [event('MaintenanceLost', NOON), event('MaintenanceInitiated', LATE)], {}],
  [
    'and out of it, when its beginning has expired',
    [event('MaintenanceEnded', LATE), event('MaintenanceLost', NOON)],
    {},
  ],
  [
    'the maintenance of another node changes nothing',
    [event('MaintenanceLost', NOON), event('MaintenanceInitiated', LATE, 'n2')],
    { n1: NOON },
  ],
])('%s', (_what, events, losses) => {
  const found = [...lossesIn(events)].map(([node, { at }]) => [node, at]);
  expect(Object.fromEntries(found)).toEqual(losses);
});

/** An Event of the webhook about a node that was deleted, as the API server keeps it. */
function lostEvent(name: string, uid: string): object {
  const told = { type: 'Warning', reason: 'MaintenanceLost', message: '', count: 1, first: NOON, last: NOON } as const;
  return { ...eventAboutNode({ name, uid }, told), metadata: { creationTimestamp: NOON } };
}

test.each<[string, string, string, boolean]>([
  ['the node is another one', 'uid-of-the-deleted-one', LATE, true],
  // The API server was away when the node was deleted, or its replicas' clocks differ.
  ['another one that was made before the Event was written', 'uid-of-the-deleted-one', EARLY, true],
  ['the node is the one that the Event is about', 'uid-n1', LATE, false],
  ["an Event that gives the node's name as its uid", 'n1', LATE, false],
  ['an Event without a uid', '', LATE, false],
])('a node has lost its record: %s', async (_what, uid, creationTimestamp, isLost) => {
  const { cluster, session } = toldSession();
  cluster.lists.set(eventsPath('default'), [lostEvent('n1', uid), lostEvent('gone', 'uid-gone')]);
  cluster.objects.set(nodePath('n1'), { metadata: { name: 'n1', uid: 'uid-n1', creationTimestamp } });
  const found = await readFromEvents({ names: [], selector: undefined }, cluster, new Unreadable(session.signal));
  expect(found).toEqual({ lost: isLost ? [{ name: 'n1', lostAt: NOON }] : [], released: [] });
});

test('Events that cannot be read tell of no loss', async () => {
  const { cluster } = toldSession();
  cluster.lists.set(eventsPath('default'), [lostEvent('n1', 'uid-of-the-deleted-one')]);
  expect([...(await lostRecords(cluster))]).toEqual([['n1', NOON]]);
  cluster.pages = () => {
    throw new Error('forbidden');
  };
  expect([...(await lostRecords(cluster))]).toEqual([]);
});
