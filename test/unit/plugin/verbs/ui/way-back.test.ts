import { describe, expect, test } from 'vitest';
import { drainView, helpFor } from '../../../../../plugin/verbs/ui/page/view/drain-view.ts';
import {
  isSelectable,
  NOTHING_SELECTED,
  stillThere,
  toggled,
} from '../../../../../plugin/verbs/ui/page/view/selection.ts';
import { healthyForOf, wayBackOf } from '../../../../../plugin/verbs/ui/page/view/way-back.ts';
import type { NodeRow } from '../../../../../plugin/verbs/ui/wire.ts';
import { held, NOON } from './rows.ts';

const seconds = (count: number): string => new Date(NOON + count * 1000).toISOString();
const beat = (ago: number) => ({ renewedAt: seconds(-ago), ageSeconds: ago, leaseSeconds: 40 });
const healthy: Partial<NodeRow> = { health: [], heldBack: [], heartbeat: beat(12) };

describe('the way back', () => {
  const all = (more: Partial<NodeRow>, healthyFor?: number) =>
    Object.fromEntries(
      wayBackOf(held('n1', { ...healthy, ...more }), NOON, healthyFor).map(({ name, ...how }) => [name, how]),
    );

  test('each criterion as it is, and what runs down', () => {
    expect(all({ state: 'Returning', cleanSince: seconds(-12) })).toEqual({
      'Add-ons': { problems: [], good: 'current' },
      Ready: { problems: [], good: 'yes' },
      Heartbeat: { problems: [], good: '12s ago; it has 28s more for the next one' },
      Pressure: { problems: [], good: 'none' },
      Stable: { problems: [], good: 'seen clean for 12s of 30s: 18s more', countdown: { seconds: 12, of: 30 } },
    });
  });

  test('time alone brings it on, and it does not run past its end', () => {
    const row = held('n1', { ...healthy, state: 'Returning', cleanSince: seconds(-12) });
    const stable = wayBackOf(row, NOON + 300_000).at(-1);
    const countdown = { seconds: 30, of: 30 };
    expect(stable).toMatchObject({
      good: 'seen clean for 5m12s; its off wants 30s, unless it was told otherwise',
      countdown,
    });
    expect(wayBackOf(row, NOON + 300_000, 30).at(-1)).toMatchObject({
      good: 'seen clean for 5m12s; it takes work again with the next heartbeat',
      countdown,
    });
  });

  test('an off of this page says how long', () => {
    expect(all({ state: 'Returning', cleanSince: seconds(-1) }, 90)['Stable']?.countdown).toEqual({
      seconds: 1,
      of: 90,
    });
  });

  test('a node that merely waits: since when it is clean, and what off will want', () => {
    expect(all({ state: 'Complete', cleanSince: seconds(-600) })['Stable']).toEqual({
      problems: [],
      good: 'seen clean for 10m; off watches it for 30s',
    });
  });

  test('what is wrong, in the words of off', () => {
    const health = ['not Ready (kubelet stopped)', 'MemoryPressure', 'no heartbeat since 11:00 (Lease of 40s)'];
    const wrong = { health, ready: false, pressures: ['MemoryPressure'], heldBack: ['kube-system/agent-1'] };
    expect(all({ ...wrong, heartbeat: beat(60) })).toMatchObject({
      'Add-ons': { problems: ['kube-system/agent-1'] },
      Ready: { problems: ['not Ready (kubelet stopped)'] },
      Heartbeat: { problems: ['the last was 60s ago'] },
      Pressure: { problems: ['MemoryPressure'] },
      Stable: { problems: ['begins when all others are as they have to be'] },
    });
  });

  test('a heartbeat that there is none of, and a node that is being deleted', () => {
    const none = { heartbeat: null, health: ['no heartbeat (no Lease in kube-node-lease)', 'being deleted'] };
    expect(all(none)).toMatchObject({
      Heartbeat: { problems: ['no heartbeat (no Lease in kube-node-lease)'] },
      Stable: { problems: ['being deleted'] },
    });
  });

  test('what could not be read is unknown, and not well', () => {
    expect(all({ health: null, heldBack: null, heartbeat: null })).toMatchObject({
      'Add-ons': { problems: null },
      Heartbeat: { problems: null },
      Stable: { problems: null },
    });
  });

  test('how long is told by the off that goes on, and by none that has ended', () => {
    const run = {
      ...{ id: '1', cluster: 'here', verb: 'off' as const, nodes: ['n1'], dryRun: false, line: '', lines: [] },
      ...{ findings: [], planned: [], room: null, progress: [], gates: [{ node: 'n1', healthyFor: 5 }] },
    };
    expect(healthyForOf([{ ...run, code: null }], 'n1')).toBe(5);
    expect(healthyForOf([{ ...run, code: 0 }], 'n1')).toBeUndefined();
    expect(healthyForOf([{ ...run, code: null }], 'n2')).toBeUndefined();
  });
});

describe('a drain that goes on elsewhere', () => {
  const causes = [{ kind: 'budget', text: 'disruption budget shop/db needs 1', names: ['shop/db-1'] }];
  const drained = (more: Partial<NodeRow> = {}) =>
    held('n1', { state: 'Initiated', podsLeft: 3, drain: { causes, areBudgetsKnown: true }, ...more });

  test('is told by what is left and what holds it; of how many, where the node tells', () => {
    expect(drainView(drained())).toEqual({ left: 3, total: undefined, causes, remarks: [] });
    expect(drainView(drained({ progress: '3 of 10 pods left; why: shop/db-1' }))?.total).toBe(10);
  });

  test('that nobody goes on with, that nothing seems to hold, or whose budgets are not known, says so', () => {
    const remarks = (more: Partial<NodeRow>) => drainView(drained(more))?.remarks.join();
    expect(remarks({ stoppedSince: seconds(-300) })).toMatch(/nobody goes on .* kubectl maint off n1/);
    expect(remarks({ drain: { causes: [], areBudgetsKnown: true } })).toMatch(/nothing .* holds them/);
    expect(remarks({ drain: { causes, areBudgetsKnown: false } })).toMatch(/poddisruptionbudgets/);
  });

  test('is none where none goes on', () => {
    expect(drainView(held('n1'))).toBeUndefined();
    expect(drainView(drained({ podsLeft: null }))).toBeUndefined();
  });

  test('every cause has what helps, unless it says so itself', () => {
    const text = 'disruption budget a/b needs 2 healthy pods and has 1';
    expect(helpFor({ kind: 'budget', text })).toMatch(/wait/);
    expect(helpFor({ kind: 'budget', text: `${text}: it lets none of its 2 pods go; change it, or scale up` })).toBe(
      '',
    );
    expect(helpFor({ kind: 'running', text: '' })).toMatch(/--active-work=evict/);
    expect(helpFor({ kind: 'something of a later version', text: '' })).toBe('');
  });
});

describe('nodes that are chosen', () => {
  test('are of one cluster, by name, once each', () => {
    const two = toggled(toggled(NOTHING_SELECTED, 'a', 'n2'), 'a', 'n1');
    expect(two).toEqual({ cluster: 'a', nodes: ['n1', 'n2'] });
    expect(isSelectable(two, 'b')).toBe(false);
    expect(toggled(two, 'b', 'n1')).toBe(two);
    expect(toggled(two, 'a', 'n2').nodes).toEqual(['n1']);
    expect(toggled(toggled(toggled(two, 'a', 'n2'), 'a', 'n1'), 'b', 'n1')).toEqual({ cluster: 'b', nodes: ['n1'] });
  });

  test('are forgotten when they are gone', () => {
    expect(stillThere({ cluster: 'a', nodes: ['n1', 'n2'] }, (_, node) => node === 'n2').nodes).toEqual(['n2']);
  });
});
