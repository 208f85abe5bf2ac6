import { describe, expect, test } from 'vitest';
import {
  budgetCovers,
  budgetFromObject,
  budgetSelector,
  isUnsatisfiable,
  type BudgetFacts,
} from '../../../shared/facts/budget.ts';

const IN = { key: 'tier', operator: 'In', values: ['web', 'api'] };

interface Differences {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
}

/** A budget whose three pods are healthy, two of which have to stay. */
function budget({ metadata, spec, status }: Differences = {}): BudgetFacts {
  return budgetFromObject({
    metadata: { name: 'web', namespace: 'shop', uid: 'u1', generation: 2, ...metadata },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
    status: {
      observedGeneration: 2,
      disruptionsAllowed: 1,
      currentHealthy: 3,
      desiredHealthy: 2,
      expectedPods: 3,
      ...status,
    },
  });
}

const selecting = (selector: unknown) => budget({ spec: { selector } });

describe('a PodDisruptionBudget as facts', () => {
  test('has a name, a selector and the counts of its status', () => {
    expect(budget()).toEqual({
      namespace: 'shop',
      name: 'web',
      uid: 'u1',
      selector: [{ key: 'app', operator: 'In', values: new Set(['web']) }],
      allowed: 1,
      healthy: 3,
      needed: 2,
      expected: 3,
      disrupting: 0,
      outdated: false,
      failure: undefined,
      minAvailable: undefined,
      maxUnavailable: undefined,
      evictsNotReady: false,
    });
  });

  test.each([undefined, null, 'x', [], {}, { metadata: null, spec: 1, status: [] }])(
    '%j reads as empty: it selects nothing and counts nothing',
    (object) => {
      expect(budgetFromObject(object)).toEqual({
        namespace: '',
        name: '',
        uid: '',
        selector: undefined,
        allowed: 0,
        healthy: 0,
        needed: 0,
        expected: 0,
        disrupting: 0,
        outdated: false,
        failure: undefined,
        minAvailable: undefined,
        maxUnavailable: undefined,
        evictsNotReady: false,
      });
    },
  );

  test('counts that are no numbers read as 0', () => {
    const status = { disruptionsAllowed: '1', currentHealthy: null, desiredHealthy: NaN, expectedPods: undefined };
    expect(budget({ status })).toMatchObject({ allowed: 0, healthy: 0, needed: 0, expected: 0 });
  });

  test('evictions that were allowed and whose pods are still there are counted', () => {
    const disruptedPods = { 'web-0': '2026-01-05T22:09:00Z', 'web-1': '2026-01-05T22:09:01Z' };
    expect(budget({ status: { disruptedPods } }).disrupting).toBe(2);
  });

  test.each<[what: string, differs: Differences, outdated: boolean]>([
    ['about this specification', {}, false],
    ['about the one before', { status: { observedGeneration: 1 } }, true],
    ['never written', { status: { observedGeneration: undefined } }, true],
    ['about a later one than was read', { status: { observedGeneration: 3 } }, false],
    ['of a specification without a generation', { metadata: { generation: undefined } }, false],
  ])('a status %s', (_what, differs, outdated) => {
    expect(budget(differs).outdated).toBe(outdated);
  });
});

describe('whether a budget counts a pod', () => {
  const pod = (namespace: string, labels: Readonly<Record<string, string>> = {}) => ({
    namespace,
    labels: new Map(Object.entries(labels)),
  });

  test.each([
    ['a pod with its labels', budget(), pod('shop', { app: 'web', more: 'x' }), true],
    ['a pod of another namespace', budget(), pod('zoo', { app: 'web' }), false],
    ['a pod with another value', budget(), pod('shop', { app: 'db' }), false],
    ['a pod without labels', budget(), pod('shop'), false],
    ['by an expression', selecting({ matchExpressions: [IN] }), pod('shop', { tier: 'api' }), true],
    ['an empty selector: every pod of the namespace', selecting({}), pod('shop'), true],
    ['an empty selector: no pod of another one', selecting({}), pod('zoo'), false],
    ['no selector: no pod', selecting(null), pod('shop'), false],
    ['an invalid selector: no pod', selecting({ matchExpressions: [{ ...IN, values: [] }] }), pod('shop'), false],
  ])('%s', (_what, facts, given, covers) => {
    expect(budgetCovers(facts, given)).toBe(covers);
  });
});

describe('whether a budget never lets anybody go', () => {
  const STUCK = { disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 3, expectedPods: 3 };

  test.each<[what: string, status: object, never: boolean]>([
    ['it wants as many as there are', {}, true],
    ['it wants more than there are', { desiredHealthy: 4 }, true],
    ['more are healthy than it expects', { currentHealthy: 4, desiredHealthy: 4 }, true],
    ['it lets one go', { disruptionsAllowed: 1 }, false],
    ['it wants fewer than there are', { desiredHealthy: 2 }, false],
    ['a pod of it is about to be healthy', { currentHealthy: 2 }, false],
    ['a pod of it is on its way out', { disruptedPods: { 'web-0': '2026-01-05T22:09:00Z' } }, false],
    ['it has no pods', { currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 }, false],
    ['its status is about an older specification', { observedGeneration: 1 }, false],
  ])('%s', (_what, status, never) => {
    expect(isUnsatisfiable(budget({ status: { ...STUCK, ...status } }))).toBe(never);
  });
});

test.each<[what: string, selector: unknown, query: string | undefined]>([
  ['labels', { matchLabels: { app: 'web', tier: 'front' } }, 'app in (web),tier in (front)'],
  ['values', { matchExpressions: [IN, { ...IN, operator: 'NotIn' }] }, 'tier in (web,api),tier notin (web,api)'],
  [
    'keys',
    {
      matchExpressions: [
        { key: 'a', operator: 'Exists' },
        { key: 'b', operator: 'DoesNotExist' },
      ],
    },
    'a,!b',
  ],
  ['everything', {}, ''],
  ['nothing', undefined, undefined],
  [
    'a comparison, which only nodes know',
    { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] },
    undefined,
  ],
])('the selector of its pods as a query takes it: %s', (_what, selector, query) => {
  expect(budgetSelector(selecting(selector))).toBe(query);
});
