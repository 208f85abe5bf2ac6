import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listed, type Listing } from '../../../../../plugin/verbs/ui/page/view/listing.ts';
import { isLate, nodeView } from '../../../../../plugin/verbs/ui/page/view/node-view.ts';
import { reminderOf } from '../../../../../plugin/verbs/ui/page/view/reminder.ts';
import { addressOf, routeFrom, tokenIn } from '../../../../../plugin/verbs/ui/page/view/route.ts';
import { timeLineOf } from '../../../../../plugin/verbs/ui/page/view/time-line.ts';
import { drawnRows, rowAfter } from '../../../../../plugin/verbs/ui/page/view/window.ts';
import { rowFrom } from '../../../../../plugin/verbs/ui/clusters/rows.ts';
import { NodeRow } from '../../../../../plugin/verbs/ui/wire.ts';
import { statusFrom } from '../../../../../plugin/verbs/status/index.ts';
import { RECORD_ANNOTATION, STATE_LABEL } from '../../../../../shared/index.ts';
import { nodeSnapshot } from '../../world.ts';
import { held, minutes, NOON, row } from './rows.ts';

const placed = (...rows: readonly ReturnType<typeof row>[]) => rows.map((one) => ({ cluster: 'here', row: one }));

describe('a node as a line', () => {
  test('one that is not in maintenance: nothing more is known of it, and it is calm', () => {
    expect(nodeView(row('n1', { roles: ['control-plane'] }), NOON)).toMatchObject({
      tone: 'calm',
      state: 'Ready',
      roles: 'control-plane',
      podsLeft: '–',
      heartbeat: '–',
      deletion: '–',
      until: { text: '–', at: null, isLate: false },
    });
  });

  test('a drain, a node that is empty, one on its way back and one that is only cordoned look different', () => {
    const tones = ['Initiated', 'Complete', 'Returning'].map((state) => nodeView(held('n1', { state }), NOON).tone);
    expect(tones).toEqual(['busy', 'done', 'back']);
    expect(nodeView(row('n1', { state: 'Cordoned', schedulable: false }), NOON).tone).toBe('off');
  });

  test('an end that passes makes it late, without any news of the node', () => {
    const node = held('n1', { until: minutes(1) });
    expect(nodeView(node, NOON)).toMatchObject({ tone: 'done', until: { text: 'in 60s', isLate: false } });
    expect(nodeView(node, NOON + 180_000)).toMatchObject({
      tone: 'late',
      meaning: 'its workloads are gone, and work is kept off; overdue 2m',
      until: { text: 'overdue 2m', isLate: true },
    });
  });

  test('what could not be read of a node in maintenance is said', () => {
    const view = nodeView(held('n1', { podsLeft: null, heldBack: null }), NOON);
    expect(view).toMatchObject({ podsLeft: 'unknown', heldBack: 'unknown', heartbeat: 'unknown', deletion: 'unknown' });
  });

  test('a record that cannot be read, a drain that stopped and a node that is not Ready want somebody', () => {
    const all = [
      held('n1', { state: 'Unreadable', claims: [] }),
      held('n1', { state: 'Initiated', stoppedSince: minutes(-5) }),
      row('n1', { ready: false }),
    ];
    expect(all.map((one) => nodeView(one, NOON).tone)).toEqual(['late', 'late', 'late']);
  });

  test('owners, reasons and tickets of all claims', () => {
    const claims = [
      { owner: 'ops', mode: 'drain', since: minutes(-5), ticket: 'OPS-1', reason: 'disk' },
      { owner: 'anna', mode: 'cordon', since: minutes(-5) },
    ];
    expect(nodeView(held('n1', { claims }), NOON)).toMatchObject({ owners: 'ops, anna', reason: 'OPS-1 disk' });
  });

  test('of several owners those who are overdue are told apart', () => {
    const claims = [
      { owner: 'ops', mode: 'drain', since: minutes(-60), until: minutes(-5) },
      { owner: 'anna', mode: 'cordon', since: minutes(-60), until: minutes(60) },
    ];
    const view = nodeView(held('n1', { claims, until: minutes(60) }), NOON);
    expect(view).toMatchObject({ owners: 'ops (overdue 5m), anna', tone: 'done' });
  });
});

test('a node that a run over nodes has says which node of the run it is, and what is done there', () => {
  const run = { id: 'r1', number: 3, of: 12, step: 'rebooting' };
  const at = '2026-01-05T22:00:00Z';
  const claims = [{ owner: 'ana', mode: 'drain', since: at, run }];
  const record = { version: 1, claims, before: { cordoned: false }, initiatedAt: at, completedAt: at };
  const node = nodeSnapshot('n1', {
    unschedulable: true,
    labels: { [STATE_LABEL]: 'complete' },
    annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) },
  });
  const now = Date.parse(at);
  const shown = rowFrom(statusFrom(node, undefined, now), node, now);
  expect(nodeView(NodeRow.parse(shown), now).state).toBe('Complete (3 of 12: rebooting)');
});

describe('the list', () => {
  const every: Listing = { filter: 'all', search: '', sort: 'name', isDescending: false };
  const nodes = placed(
    held('n3', { until: minutes(-5), podsLeft: 2 }),
    row('n1', { roles: ['control-plane'] }),
    held('n2', { state: 'Initiated', until: minutes(30), podsLeft: 7 }),
    row('n4', { ready: false }),
  );
  const names = (listing: Partial<Listing>) =>
    listed(nodes, { ...every, ...listing }, NOON).map(({ row: { name } }) => name);

  test('is sorted by what is asked for, and by name where that is the same', () => {
    expect(names({})).toEqual(['n1', 'n2', 'n3', 'n4']);
    expect(names({ sort: 'state' })).toEqual(['n2', 'n3', 'n1', 'n4']);
    expect(names({ sort: 'until' })).toEqual(['n3', 'n2', 'n1', 'n4']);
    expect(names({ sort: 'pods left' })).toEqual(['n2', 'n3', 'n1', 'n4']);
    expect(names({ sort: 'until', isDescending: true })).toEqual(['n1', 'n4', 'n2', 'n3']);
  });

  test('shows what is asked for', () => {
    expect(names({ filter: 'maintenance' })).toEqual(['n2', 'n3']);
    expect(names({ filter: 'overdue' })).toEqual(['n3']);
    expect(names({ filter: 'cordoned' })).toEqual(['n2', 'n3']);
    expect(names({ filter: 'not ready' })).toEqual(['n4']);
  });

  test('is searched by every word, in names, roles, owners and clusters', () => {
    expect(names({ search: 'CONTROL' })).toEqual(['n1']);
    expect(names({ search: 'ops initiated' })).toEqual(['n2']);
    expect(names({ search: 'here n' })).toHaveLength(4);
    expect(names({ search: 'nowhere' })).toEqual([]);
  });
});

describe('everybody is reminded', () => {
  test('of nothing while nothing is in maintenance, a cordon included', () => {
    const cordoned = row('n1', { state: 'Cordoned', schedulable: false });
    expect(reminderOf(placed(cordoned), NOON)).toMatchObject({
      isNeeded: false,
      title: 'kubectl maint',
      icon: '/idle.svg',
    });
  });

  test('in words, in the title and in the icon; of many nodes some are named', () => {
    const nodes = placed(...['n1', 'n2', 'n3', 'n4', 'n5'].map((name) => held(name)), row('n6'));
    expect(reminderOf(nodes, NOON)).toEqual({
      isNeeded: true,
      isLate: false,
      text: '5 nodes are in maintenance: n1, n2, n3 and 2 more',
      title: '(5) in maintenance - kubectl maint',
      icon: '/maintenance.svg',
    });
  });

  test('more so when an end has passed', () => {
    expect(reminderOf(placed(held('n1', { until: minutes(-1) })), NOON)).toMatchObject({
      isLate: true,
      text: '1 node is in maintenance, 1 overdue: n1',
      title: '(1!) in maintenance - kubectl maint',
    });
  });
});

describe('of a long list what can be seen is drawn', () => {
  test('wherever one looks, all that can be seen is there, and the list is as high as ever', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(400_000), fc.integer({ min: 1, max: 3000 }), (count, above, height) => {
        const { first, end, before, behind } = drawnRows(count, 44, { above, height });
        expect(before + (end - first) * 44 + behind).toBe(count * 44);
        expect(first).toBeLessThanOrEqual(Math.min(count, Math.floor(above / 44)));
        expect(end).toBeGreaterThanOrEqual(Math.min(count, Math.ceil((above + height) / 44)));
        expect(end - first).toBeLessThanOrEqual(Math.ceil(height / 44) + 14);
      }),
    );
  });

  test('keys go from row to row and stop at the ends', () => {
    expect(rowAfter('ArrowDown', 4, 10, 5)).toBe(5);
    expect(rowAfter('ArrowUp', 0, 10, 5)).toBe(0);
    expect(rowAfter('PageDown', 7, 10, 5)).toBe(9);
    expect(rowAfter('End', 0, 10, 5)).toBe(9);
    expect(rowAfter('Home', 7, 10, 5)).toBe(0);
    expect(rowAfter('x', 7, 10, 5)).toBeUndefined();
  });
});

describe('the time line', () => {
  test('has a bar for each claim, the one that ends first on top, and now is behind what has begun', () => {
    const two = [
      { owner: 'ops', mode: 'drain', since: minutes(-60), until: minutes(60) },
      { owner: 'anna', mode: 'drain', since: minutes(-30), until: minutes(30), reason: 'disk' },
    ];
    const { bars, now } = timeLineOf(placed(held('n1', { claims: two }), row('n2')), NOON);
    expect(bars.map(({ owner, reason, isLate }) => ({ owner, reason, isLate }))).toEqual([
      { owner: 'anna', reason: 'disk', isLate: false },
      { owner: 'ops', reason: '', isLate: false },
    ]);
    // An hour before and an hour behind now, with a margin of a quarter each.
    expect(bars[1]?.left).toBeCloseTo(10);
    expect(bars[1]?.width).toBeCloseTo(80);
    expect(now).toBeCloseTo(50);
  });

  test('what is overdue goes on from its end to now; what has no end goes to now', () => {
    const { bars, now } = timeLineOf(placed(held('n1', { until: minutes(-30) }), held('n2')), NOON);
    const [late, open] = bars;
    expect(late).toMatchObject({ node: 'n1', isLate: true });
    expect((late?.left ?? 0) + (late?.width ?? 0) + (late?.overdue ?? 0)).toBeCloseTo(now);
    expect(open).toMatchObject({ node: 'n2', until: null, isLate: false, overdue: 0 });
    expect((open?.left ?? 0) + (open?.width ?? 0)).toBeCloseTo(now);
  });

  test('has a few ticks, however long it is, and none at its end, where its words would be cut off', () => {
    for (const span of [1, 60, 1440, 100_000]) {
      const { ticks } = timeLineOf(placed(held('n1', { until: minutes(span) })), NOON);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(7);
      for (const { place } of ticks) expect(place).toBeLessThan(86);
    }
  });
});

describe('addresses', () => {
  test('come back as what they were made of, whatever a cluster is called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (cluster) => {
        const route = { screen: 'node', cluster, node: 'worker-1' } as const;
        expect(routeFrom(addressOf(route))).toEqual(route);
      }),
    );
  });

  test('that are none show the nodes', () => {
    expect(routeFrom('#/%E0%A4%A')).toEqual({ screen: 'nodes' });
    expect(routeFrom('#/node/a')).toEqual({ screen: 'nodes' });
    expect(routeFrom('')).toEqual({ screen: 'nodes' });
  });

  test('a token is one only where nothing else stands', () => {
    expect(tokenIn('#token=a-b_1')).toBe('a-b_1');
    expect(tokenIn('#/nodes')).toBeUndefined();
    expect(tokenIn('#token=<x>')).toBeUndefined();
  });
});

test('an end that was not announced never passes', () => {
  expect(isLate({ until: null }, Infinity)).toBe(false);
});
