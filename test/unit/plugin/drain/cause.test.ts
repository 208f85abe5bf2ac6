import { describe, expect, test } from 'vitest';
import {
  budgetCause,
  causeOf,
  groupCauses,
  mergeGroups,
  listed,
  renderGroup,
  renderGroups,
  type Cause,
  type CauseGroup,
} from '../../../../plugin/drain/cause.ts';
import { withResponders } from '../../../../plugin/drain/responders.ts';
import { budgetFromObject, isUnsatisfiable } from '../../../../shared/index.ts';
import { budgetObject, podFacts, type BudgetShape } from '../world.ts';

const budget = (shape: BudgetShape, name = 'web') => budgetFromObject(budgetObject(name, shape));

describe('a cause that is known by its text', () => {
  test.each<[what: string, said: string, text: string]>([
    ['is told as it is', 'no kubelet', 'no kubelet'],
    ['is one line without control characters', 'no\r\n\u001B[31mkubelet\u0000 ', 'no [31mkubelet'],
    ['is told as far as it fits', 'x'.repeat(300), 'x'.repeat(300)],
    ['is cut where it does not', 'x'.repeat(301), `${'x'.repeat(299)}…`],
  ])('%s', (_what, said, text) => {
    expect(causeOf('server', said)).toEqual({ kind: 'server', key: `server ${text}`, text });
  });

  test('is another one for each kind', () => {
    expect(causeOf('server', 'busy').key).not.toBe(causeOf('webhook', 'busy').key);
  });
});

describe('what a budget says', () => {
  const says = 'disruption budget default/web needs';

  test.each<[what: string, shape: BudgetShape, notReady: readonly string[], text: string]>([
    [
      'it will never let any pod go',
      { allowed: 0, needed: 2 },
      [],
      `${says} 2 healthy pods and has 2: it lets none of its 2 pods go; change it, or scale up`,
    ],
    [
      'that matters more than pods that are not Ready',
      { allowed: 0, needed: 2 },
      ['web-0'],
      `${says} 2 healthy pods and has 2: it lets none of its 2 pods go; change it, or scale up`,
    ],
    ['it lets one go', { allowed: 1, needed: 2 }, [], `${says} 2 healthy pods and has 3; others of it go first`],
    [
      'it lets one go, and some are not Ready',
      { allowed: 1, needed: 2, expected: 4 },
      ['web-3'],
      `${says} 2 healthy pods and has 3; others of it go first`,
    ],
    ['it waits for a pod', { allowed: 0, needed: 2, healthy: 1, expected: 2 }, [], `${says} 2 healthy pods and has 1`],
    [
      'it has just what it needs until another pod is healthy',
      { allowed: 0, needed: 2, healthy: 2, expected: 3 },
      ['web-2'],
      `${says} 2 healthy pods and has 2 (not Ready: web-2)`,
    ],
    [
      'it waits for pods with names',
      { allowed: 0, needed: 6, healthy: 2, expected: 6 },
      ['web-2', 'web-3', 'web-4', 'web-5'],
      `${says} 6 healthy pods and has 2 (not Ready: web-2, web-3, web-4 and 1 more)`,
    ],
  ])('%s', (_what, shape, notReady, text) => {
    const facts = budget(shape);
    expect(budgetCause(facts, notReady)).toEqual({ kind: 'budget', key: 'budget default/web', text, budget: facts });
  });

  const UNSATISFIABLE = { allowed: 0, needed: 2 };
  test.each<[what: string, spec: object, text: string]>([
    ['more pods help where so many have to stay', { minAvailable: 2 }, '; change it, or scale up'],
    ['or a part of them', { minAvailable: '90%' }, '; change it, or scale up'],
    ['not where none may be missing', { maxUnavailable: 0 }, ', however many there are; change its maxUnavailable: 0'],
    ['in per cent', { maxUnavailable: '0%' }, ', however many there are; change its maxUnavailable: 0%'],
    ['or all have to stay', { minAvailable: '100%' }, ', however many there are; change its minAvailable: 100%'],
    [
      'a role may move',
      { minAvailable: 1, selector: { matchLabels: { 'cnpg.io/cluster': 'pg', 'cnpg.io/instanceRole': 'primary' } } },
      ' that has cnpg.io/instanceRole=primary, until its operator gives that role to another pod; or change it',
    ],
  ])('what helps: %s', (_what, spec, text) => {
    const selector = { matchLabels: { app: 'web' } };
    const facts = budgetFromObject({ ...budgetObject('web', UNSATISFIABLE), spec: { selector, ...spec } });
    expect(budgetCause(facts).text).toBe(`${says} 2 healthy pods and has 2: it lets none of its 2 pods go${text}`);
  });

  test('one that cannot be computed says why, and what can be', () => {
    const message = 'found no controllers that can be scaled';
    const conditions = [{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message }];
    const facts = budgetFromObject({ ...budgetObject('web', { allowed: 0 }), status: { conditions } });
    expect(isUnsatisfiable(facts)).toBe(true);
    expect(budgetCause(facts).text).toBe(
      `disruption budget default/web lets no pod go, because it cannot be computed (SyncFailed: ${message}); give it minAvailable as a number, which counts pods of any owner, or delete it`,
    );
  });

  test('is the same cause while its numbers change, and another one in another namespace', () => {
    const { key } = budgetCause(budget({ allowed: 0 }));
    expect(budgetCause(budget({ allowed: 1, needed: 5 })).key).toBe(key);
    expect(budgetCause(budget({ allowed: 0, namespace: 'shop' })).key).not.toBe(key);
  });
});

const group = (kind: Cause['kind'], text: string, ...names: string[]): CauseGroup => ({ kind, text, names });

describe('the causes of some pods', () => {
  const pods = (cause: Cause, ...names: string[]) => names.map((name) => [podFacts(name), cause] as const);
  const busy = causeOf('server', 'busy');
  const turn = causeOf('order', 'their turn');

  test.each<[what: string, waiting: ReturnType<typeof pods>, groups: readonly CauseGroup[]]>([
    ['nobody waits', [], []],
    ['one cause', pods(busy, 'b', 'a'), [group('server', 'busy', 'default/a', 'default/b')]],
    [
      'that of most pods first',
      [...pods(busy, 'a'), ...pods(causeOf('running', 'runs'), 'b', 'c')],
      [group('running', 'runs', 'default/b', 'default/c'), group('server', 'busy', 'default/a')],
    ],
    [
      'of as many pods by their text',
      [
        ...pods(causeOf('running', 'c'), '1'),
        ...pods(causeOf('running', 'a'), '2'),
        ...pods(causeOf('server', 'b'), '3'),
      ],
      [group('running', 'a', 'default/2'), group('server', 'b', 'default/3'), group('running', 'c', 'default/1')],
    ],
    [
      'those that wait for their turn last, however many',
      [...pods(turn, 'a', 'b', 'c'), ...pods(busy, 'd')],
      [group('server', 'busy', 'default/d'), group('order', 'their turn', 'default/a', 'default/b', 'default/c')],
    ],
  ])('%s', (_what, waiting, groups) => {
    expect(groupCauses(waiting)).toEqual(groups);
  });

  test('the latest text of a cause tells of all its pods', () => {
    const before = budgetCause(budget({ allowed: 0, needed: 3, healthy: 1, expected: 3 }));
    const after = budgetCause(budget({ allowed: 0, needed: 3, healthy: 2, expected: 3 }));
    expect(groupCauses([...pods(before, 'b'), ...pods(after, 'a')])).toEqual([
      group('budget', after.text, 'default/a', 'default/b'),
    ]);
  });

  test('a cause is explained once for all its pods', () => {
    const asked: string[] = [];
    const explain = (cause: Cause): Cause => {
      asked.push(cause.key);
      return { ...cause, text: `${cause.text}, why ever` };
    };
    expect(groupCauses([...pods(busy, 'a', 'b'), ...pods(turn, 'c')], explain)).toEqual([
      group('server', 'busy, why ever', 'default/a', 'default/b'),
      group('order', 'their turn, why ever', 'default/c'),
    ]);
    expect(asked).toEqual([busy.key, turn.key]);
  });
});

test.each<[names: string[], text: string]>([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b', 'c'], 'a, b, c'],
  [['a', 'b', 'c', 'd'], 'a, b, c and 1 more'],
  [['a', 'b', 'c', 'd', 'e', 'f'], 'a, b, c and 3 more'],
])('%j is listed as "%s"', (names, text) => {
  expect(listed(names)).toBe(text);
});

describe('causes as a line', () => {
  const numbered = (count: number) =>
    Array.from({ length: count }, (_, index) => group('server', `w${index}`, `p${index}`));

  test('one tells what waits because of it', () => {
    expect(renderGroup(group('server', 'busy', 'a', 'b', 'c', 'd', 'e'))).toBe('busy: a, b, c and 2 more');
  });

  test.each([
    ['none', numbered(0), ''],
    ['one', numbered(1), 'w0: p0'],
    ['as many as are told', numbered(5), 'w0: p0; w1: p1; w2: p2; w3: p3; w4: p4'],
    ['more than are told', numbered(7), 'w0: p0; w1: p1; w2: p2; w3: p3; w4: p4; 2 more reasons'],
  ])('%s', (_what, groups, line) => {
    expect(renderGroups(groups)).toBe(line);
  });
});

test('what holds pods on several nodes is one cause, with all of them', () => {
  const on = (text: string, ...names: readonly string[]) => ({ kind: 'budget', text, names }) as const;
  expect(mergeGroups([on('web', 'ns/b'), on('db', 'ns/d'), on('web', 'ns/a')])).toEqual([
    on('web', 'ns/a', 'ns/b'),
    on('db', 'ns/d'),
  ]);
});

describe('eviction responders', () => {
  const mover = podFacts('a', { evictionResponders: ['acme.io/mover', 'acme.io/saver'] });
  const slow = causeOf('server', 'the server is busy');

  test('are told beside the cause, and part it from that of other pods', () => {
    const told = withResponders(slow, mover);
    expect(told.text).toBe('the server is busy; its eviction responders: acme.io/mover, acme.io/saver');
    expect(told.key).not.toBe(slow.key);
  });

  test.each([
    ['a pod without any', slow, podFacts('a')],
    ['a pod that waits for its turn', causeOf('order', 'pods of lower priority go first'), mover],
  ])('%s: nothing is added', (_what, cause, pod) => {
    expect(withResponders(cause, pod)).toBe(cause);
  });
});
