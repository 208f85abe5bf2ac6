import { describe, expect, test } from 'vitest';
import { drainNow } from '../../../../../plugin/verbs/ui/clusters/drain-now.ts';
import { CleanTimes } from '../../../../../plugin/verbs/ui/clusters/clean-times.ts';
import { drainLeft, type NodeStatus } from '../../../../../plugin/verbs/status/index.ts';
import { budgetFromObject, type BudgetFacts, type PodFacts } from '../../../../../shared/index.ts';
import { budgetObject, podFacts } from '../../world.ts';
import { held, NOON } from './rows.ts';

const budgets = (...all: readonly BudgetFacts[]) => ({ covering: () => all, readable: true });
const planOf = (...pods: readonly PodFacts[]) =>
  drainLeft('n1', pods, ({ name }) => (name === 'backup' ? 'a Velero backup' : undefined));

describe('what holds the pods of a drain that goes on elsewhere', () => {
  test('a budget that lets none go, with everybody whom it holds', () => {
    const none = budgetFromObject(budgetObject('web', { allowed: 0, needed: 2 }));
    expect(drainNow(planOf(podFacts('a'), podFacts('b')), budgets(none), NOON)).toEqual({
      areBudgetsKnown: true,
      causes: [
        {
          kind: 'budget',
          text: 'disruption budget default/web needs 2 healthy pods and has 2: it lets none of its 2 pods go; change it, or scale up',
          names: ['default/a', 'default/b'],
        },
      ],
    });
  });

  test('a budget that lets one go holds the others', () => {
    const one = budgetFromObject(budgetObject('web', { allowed: 1, needed: 2 }));
    const { causes } = drainNow(planOf(podFacts('a'), podFacts('b')), budgets(one), NOON);
    expect(causes).toMatchObject([{ kind: 'budget', names: ['default/b'] }]);
  });

  test('a pod that was asked to go, 10 s after its time, with its finalizers; before that it is on its way', () => {
    const pod = { ...podFacts('a'), deletedAt: NOON, finalizers: ['example.com/wait'] };
    const seen = (now: number) => drainNow(planOf(pod), budgets(), now).causes;
    expect(seen(NOON + 9_999)).toEqual([]);
    expect(seen(NOON + 10_000)).toEqual([
      {
        kind: 'terminating',
        text: 'still terminating, held by finalizers example.com/wait',
        names: ['default/a'],
      },
    ]);
  });

  test('a backup that runs, which ends by itself', () => {
    const running = podFacts('backup', { containerStatuses: [{ name: 'main', state: { running: {} } }] });
    expect(drainNow(planOf(running, podFacts('a')), budgets(), NOON).causes).toEqual([
      { kind: 'running', text: 'a Velero backup is running', names: ['default/backup'] },
    ]);
  });

  test('nothing, where budgets may not be read, and it is told that they are not known', () => {
    const unread = { covering: () => [], readable: false };
    expect(drainNow(planOf(podFacts('a')), unread, NOON)).toEqual({ causes: [], areBudgetsKnown: false });
  });
});

describe('since when a node is seen clean', () => {
  const status = (more: Partial<NodeStatus> = {}): NodeStatus => ({
    ...held('n1', { health: [], heldBack: [] }),
    state: 'Returning',
    claims: [],
    exceptions: [],
    deletion: null,
    expiry: null,
    repair: null,
    ...more,
  });

  test('from the first look at which nothing was wrong', () => {
    const times = new CleanTimes();
    expect(times.since(status({ health: ['not Ready (x)'] }), NOON - 60_000)).toBeNull();
    expect(times.since(status(), NOON)).toBe('2026-01-31T12:00:00Z');
    expect(times.since(status(), NOON + 20_000)).toBe('2026-01-31T12:00:00Z');
  });

  test('anew after a problem, after an add-on that is behind, and in another state', () => {
    const times = new CleanTimes();
    times.since(status({ state: 'Complete' }), NOON);
    expect(times.since(status(), NOON + 60_000)).toBe('2026-01-31T12:01:00Z');
    expect(times.since(status({ heldBack: ['kube-system/agent-1'] }), NOON + 70_000)).toBeNull();
    expect(times.since(status(), NOON + 120_000)).toBe('2026-01-31T12:02:00Z');
  });

  test('never, where it could not be read', () => {
    expect(new CleanTimes().since(status({ health: null }), NOON)).toBeNull();
    expect(new CleanTimes().since(status({ heldBack: null }), NOON)).toBeNull();
  });
});
