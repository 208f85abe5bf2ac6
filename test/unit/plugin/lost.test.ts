import { expect, test } from 'vitest';
import { lossesIn, lostRecords } from '../../../plugin/nodes/lost.ts';
import { eventAboutNode, eventsPath } from '../../../shared/index.ts';
import { toldSession } from './world.ts';

const [EARLY, NOON, LATE] = ['2026-01-05T09:00:00Z', '2026-01-05T12:00:00Z', '2026-01-05T20:00:00Z'] as const;

const event = (reason: string, createdAt: string, node = 'n1') => ({
  node,
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
  expect(Object.fromEntries(lossesIn(events))).toEqual(losses);
});

test('Events that cannot be read tell of no loss', async () => {
  const { cluster } = toldSession();
  const node = { name: 'n1', uid: 'uid' };
  const told = { type: 'Warning', reason: 'MaintenanceEnded', message: '', count: 1, first: NOON, last: NOON } as const;
  const lost = { ...eventAboutNode(node, told), reason: 'MaintenanceLost', metadata: { creationTimestamp: NOON } };
  cluster.lists.set(eventsPath('default'), [lost]);
  expect([...(await lostRecords(cluster))]).toEqual([['n1', NOON]]);
  cluster.pages = () => {
    throw new Error('forbidden');
  };
  expect([...(await lostRecords(cluster))]).toEqual([]);
});
