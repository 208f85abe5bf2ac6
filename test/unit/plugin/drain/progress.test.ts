import { describe, expect, test } from 'vitest';
import { budgetCause, causeOf, type CauseGroup } from '../../../../plugin/drain/cause.ts';
import { NO_MIGRATIONS, type MigrationCause } from '../../../../plugin/drain/migrations.ts';
import type { DrainPlan } from '../../../../plugin/drain/plan.ts';
import { nameOf, Progress, summaryOf, wordFor, type ProgressPorts } from '../../../../plugin/drain/progress.ts';
import { Announcer } from '../../../../plugin/nodes/announce.ts';
import type { NodeProgress } from '../../../../plugin/drain/events.ts';
import type { OnEvent } from '../../../../plugin/verbs/on/events.ts';
import { at, budgetFromObject, podsPath, type BudgetFacts, type PodFacts } from '../../../../shared/index.ts';
import { drainFlags } from '../../../support/drain-flags.ts';
import { budgetObject, nodeSnapshot, podFacts, podObject, settle, toldSession, type BudgetShape } from '../world.ts';

const [a, b, c] = [podFacts('a'), podFacts('b'), podFacts('c')];
const SLOW = causeOf('server', 'the server is busy');
const BACKUP = causeOf('running', 'a Velero backup is running');
const short = { allowed: 0, needed: 2, healthy: 1, expected: 2 };
const full = { allowed: 0, needed: 2, healthy: 2, expected: 2 };

function budget(shape: BudgetShape): BudgetFacts {
  return budgetFromObject(budgetObject('web', shape));
}

/** The progress of n1, with everything that it tells: events, and what the node is told. */
function progressOf(ports: Partial<ProgressPorts> = {}) {
  const { session, cluster, clock } = toldSession();
  const told: OnEvent[] = [];
  const progress = new Progress({
    node: nodeSnapshot('n1'),
    report: { tell: (event) => told.push(event) },
    announcer: new Announcer(session, () => true),
    clock,
    reader: cluster,
    budgets: { current: (one) => one },
    migrations: NO_MIGRATIONS,
    word: 'evicted',
    ...ports,
  });
  return {
    progress,
    cluster,
    clock,
    told,
    /** Messages of the condition DrainInProgress, as the node was told. */
    conditions: async () => {
      await settle();
      return cluster.requests
        .map(({ body }) => at(at(body, 'status', 'conditions'), '0', 'message'))
        .filter((message) => message !== undefined);
    },
    events: async () => {
      await settle();
      return cluster.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    },
  };
}

function planOf(evict: readonly PodFacts[], waitFor: readonly PodFacts[] = []): DrainPlan {
  const waiting = waitFor.map((pod) => ({ pod, why: 'it runs', inside: false }));
  return { node: 'n1', evict, waitFor: waiting, leave: [], refused: [], warnings: [], refusals: [] };
}

describe('how far it is', () => {
  const none = { node: 'n1', phase: 'pods', causes: [] };
  test.each<[string, (progress: Progress) => void, object]>([
    ['nothing to do', () => undefined, { ...none, left: 0, total: 0 }],
    [
      'all that is planned is left, what ends by itself as well',
      (progress) => {
        progress.begin(planOf([a, b], [c]), true);
      },
      { ...none, left: 3, total: 3 },
    ],
    [
      'a pod that is gone is not left, told once or twice',
      (progress) => {
        progress.begin(planOf([a, b]), true);
        progress.gone(a);
        progress.gone(a);
      },
      { ...none, left: 1, total: 2 },
    ],
    [
      'a pod that nobody confirms is not waited for',
      (progress) => {
        progress.begin(planOf([a, b]), true);
        progress.unconfirmed(b);
      },
      { ...none, left: 1, total: 2 },
    ],
    [
      'pods that came meanwhile are more of the same',
      (progress) => {
        progress.begin(planOf([a]), true);
        progress.gone(a);
        progress.begin(planOf([b, c]), true);
      },
      { ...none, left: 2, total: 3 },
    ],
    [
      'pods wait for reasons, the latest of each counts',
      (progress) => {
        progress.begin(planOf([a, b], [c]), true);
        progress.waiting(c, BACKUP);
        progress.waiting(a, BACKUP);
        progress.waiting(a, SLOW);
        progress.waiting(b, SLOW);
      },
      {
        ...none,
        left: 3,
        total: 3,
        causes: [
          { kind: 'server', text: 'the server is busy', names: ['default/a', 'default/b'] },
          { kind: 'running', text: 'a Velero backup is running', names: ['default/c'] },
        ],
      },
    ],
    [
      'a pod that is on its way waits for nothing, and is there until it is gone',
      (progress) => {
        progress.begin(planOf([a, b]), true);
        progress.waiting(a, SLOW);
        progress.going(a);
      },
      { ...none, left: 2, total: 2 },
    ],
    [
      'a pod that is gone waits for nothing',
      (progress) => {
        progress.begin(planOf([a, b]), true);
        progress.waiting(a, SLOW);
        progress.waiting(b, BACKUP);
        progress.gone(a);
        progress.unconfirmed(b);
      },
      { ...none, left: 0, total: 2 },
    ],
  ])('%s', (_what, happen, now) => {
    const { progress } = progressOf();
    happen(progress);
    expect(progress.now).toEqual(now);
  });

  test.each(['volumes', 'replacements'] as const)('after the pods it says which %s are waited for', (phase) => {
    const { progress } = progressOf();
    progress.begin(planOf([a]), true);
    progress.waiting(a, SLOW);
    const causes: readonly CauseGroup[] = [{ kind: 'running', text: 'still there', names: ['x'] }];
    progress.await(phase, causes);
    expect(progress.now).toEqual({ node: 'n1', phase, left: 1, total: 1, causes });
  });

  test('a budget is told as it is by now, not as it was when it held the pod', () => {
    const { progress } = progressOf({ budgets: { current: () => budget({ ...short, healthy: 0 }) } });
    progress.waiting(a, budgetCause(budget(short)));
    expect(progress.now.causes.map(({ text }) => text)).toEqual([
      'disruption budget default/web needs 2 healthy pods and has 0',
    ]);
  });

  test('a pod is done when it is gone, or when nobody confirms it', () => {
    const { progress } = progressOf();
    progress.begin(planOf([a, b, c]), true);
    progress.gone(a);
    progress.unconfirmed(b);
    expect([a, b, c].map((pod) => progress.isDone(pod, true))).toEqual([true, true, false]);
    expect(progress.unconfirmedPods).toEqual([b]);
  });

  test('where somebody answers, a confirmation is waited for', () => {
    const { progress } = progressOf();
    progress.begin(planOf([a, b]), true);
    progress.gone(a);
    progress.unconfirmed(b);
    expect([a, b].map((pod) => progress.isDone(pod, false))).toEqual([true, false]);
    progress.begin(planOf([b]), false);
    expect(progress.now).toMatchObject({ left: 1, total: 2 });
    progress.gone(b);
    expect(progress.unconfirmedPods).toEqual([]);
    expect(progress.now).toMatchObject({ left: 0, total: 2 });
  });
});

describe('what is told of a pod', () => {
  const named = { node: 'n1', pod: { namespace: 'default', name: 'a' } };
  test.each<[string, ProgressPorts['word'], (progress: Progress) => void, object]>([
    [
      'evicted',
      'evicted',
      (progress) => {
        progress.gone(a);
      },
      { type: 'evicted', ...named, dryRun: undefined },
    ],
    [
      'deleted',
      'deleted',
      (progress) => {
        progress.gone(a);
      },
      { type: 'deleted', ...named, dryRun: undefined },
    ],
    [
      'unconfirmed',
      'evicted',
      (progress) => {
        progress.unconfirmed(a);
      },
      { type: 'unconfirmed', ...named },
    ],
    [
      'waiting, with why',
      'evicted',
      (progress) => {
        progress.waiting(a, SLOW);
      },
      { type: 'waiting', ...named, why: SLOW.text, dryRun: undefined },
    ],
  ])('%s', (_what, word, happen, event) => {
    const { progress, told } = progressOf({ word });
    happen(progress);
    expect(told).toStrictEqual([event]);
  });
});

describe('what the node is told', () => {
  test.each([
    ['at once of pods that came meanwhile', false, ['2 of 2 pods left']],
    ['nothing again of what it was told when it was marked', true, []],
  ])('%s', async (_what, isTold, messages) => {
    const { progress, conditions } = progressOf();
    progress.begin(planOf([a, b]), isTold);
    expect(await conditions()).toEqual(messages);
  });

  test('that its drain is in progress and not done, for the same reason', async () => {
    const { progress, cluster } = progressOf();
    progress.begin(planOf([a]), false);
    await settle();
    const same = { reason: 'AdminRequested', message: '1 of 1 pods left' };
    expect(cluster.requests.map(({ body }) => at(body, 'status', 'conditions'))).toMatchObject([
      [
        { type: 'DrainInProgress', status: 'True', ...same },
        { type: 'Drained', status: 'False', ...same },
      ],
    ]);
  });

  test('the first thing that blocks is an Event, and no other', async () => {
    const { progress, events } = progressOf();
    progress.waiting(a, BACKUP);
    expect(await events()).toEqual([]);
    progress.waiting(b, SLOW);
    progress.waiting(c, SLOW);
    expect(await events()).toMatchObject([
      { type: 'Warning', reason: 'DrainBlocked', message: 'default/b: the server is busy' },
    ]);
  });
});

describe('from time to time', () => {
  test('every five seconds, until it is over', async () => {
    const { progress, clock, told, conditions } = progressOf();
    const over = new AbortController();
    progress.begin(planOf([a, b]), true);
    const ticking = progress.tick(over.signal);
    await clock.pass(4999);
    expect(told).toEqual([]);
    await clock.pass(1);
    expect(told).toEqual([{ type: 'progress', node: 'n1', phase: 'pods', left: 2, total: 2, causes: [] }]);
    progress.gone(a);
    await clock.pass(5000);
    expect(told.at(-1)).toMatchObject({ type: 'progress', left: 1, total: 2 });
    expect(await conditions()).toEqual(['2 of 2 pods left', '1 of 2 pods left']);
    over.abort();
    await ticking;
  });

  test('never where it is over already', async () => {
    const { progress, told, cluster } = progressOf();
    await progress.tick(AbortSignal.abort());
    expect([told, cluster.requests]).toEqual([[], []]);
  });

  test.each<[string, BudgetShape, number, string]>([
    [
      'short of healthy pods: those that are not Ready are named',
      short,
      1,
      'disruption budget default/web needs 2 healthy pods and has 1 (not Ready: w2, w3)',
    ],
    [
      'all healthy: nobody is looked for',
      full,
      0,
      'disruption budget default/web needs 2 healthy pods and has 2: it lets none of its 2 pods go; change it, or scale up',
    ],
  ])('a budget that is %s', async (_what, now, reads, text) => {
    const { progress, cluster, clock, told } = progressOf({ budgets: { current: () => budget(now) } });
    const over = new AbortController();
    cluster.lists.set(podsPath('default'), [
      podObject('w3', { ready: false }),
      podObject('w1'),
      podObject('w2', { ready: false }),
    ]);
    const read: string[] = [];
    const pages = cluster.pages.bind(cluster);
    cluster.pages = (path) => {
      read.push(path);
      return pages(path);
    };
    progress.begin(planOf([a, b], [c]), true);
    for (const pod of [a, b]) progress.waiting(pod, budgetCause(budget({ ...short, healthy: 0 })));
    progress.waiting(c, BACKUP);
    told.length = 0;
    const ticking = progress.tick(over.signal);
    await clock.pass(5000);
    expect(read).toEqual(Array(reads).fill(podsPath('default')));
    expect(told).toMatchObject([
      { type: 'progress', causes: [{ text, names: ['default/a', 'default/b'] }, { text: BACKUP.text }] },
    ]);
    over.abort();
    await ticking;
  });
});

describe('in one line', () => {
  const causes: readonly CauseGroup[] = [
    { kind: 'server', text: 'busy', names: ['ns/a', 'ns/b'] },
    { kind: 'running', text: 'a backup', names: ['ns/c'] },
  ];
  test.each<[string, Partial<NodeProgress>]>([
    ['3 of 10 pods left', {}],
    ['3 of 10 pods left; busy: ns/a, ns/b; a backup: ns/c', { causes }],
    ['no pods left', { phase: 'volumes' }],
    ['no pods left', { phase: 'replacements' }],
    ['no pods left; a backup: ns/c', { phase: 'volumes', causes: causes.slice(1) }],
  ])('%s', (line, fields) => {
    expect(summaryOf({ node: 'n1', phase: 'pods', left: 3, total: 10, causes: [], ...fields })).toBe(line);
  });
});

test.each([
  ['evicted', false],
  ['deleted', true],
] as const)('pods are %s where --disable-eviction is %s', (word, disableEviction) => {
  expect(wordFor({ drain: drainFlags({ disableEviction }) })).toBe(word);
});

test('a pod is named by namespace and name, and nothing else of it is told', () => {
  expect(nameOf(podFacts('x', { namespace: 'ns' }))).toStrictEqual({ namespace: 'ns', name: 'x' });
});

test('a node whose turn comes later says from time to time that it is not forgotten', async () => {
  const { progress, clock, conditions } = progressOf();
  const turn = new AbortController();
  const queued = progress.queue(planOf([a, b]), turn.signal);
  expect(progress.now).toMatchObject({ left: 2, total: 2 });
  await clock.pass(29_999);
  expect(await conditions()).toEqual([]);
  await clock.pass(1);
  await clock.pass(30_000);
  expect(await conditions()).toEqual(['2 of 2 pods left', '2 of 2 pods left']);
  turn.abort();
  await queued;
  await clock.pass(60_000);
  expect(await conditions()).toHaveLength(2);
});

test('what KubeVirt does with a machine is told when it comes further, and how long it takes with the progress', async () => {
  let step: MigrationCause | undefined;
  const moving = (what: string, seconds: number): MigrationCause => ({
    ...causeOf('moving', `KubeVirt is moving it: ${what}, for ${seconds}s`),
    step: what,
  });
  const { progress, told, clock } = progressOf({ migrations: { of: (pod) => (pod === a ? step : undefined) } });
  progress.begin(planOf([a, b]), true);
  progress.waiting(a, causeOf('moving', 'KubeVirt is moving it (Eviction triggered)'));
  progress.waiting(b, SLOW);
  const over = new AbortController();
  const ticking = progress.tick(over.signal);
  step = moving('Scheduled', 1);
  await clock.pass(5000);
  step = moving('Scheduled', 6);
  progress.waiting(a, causeOf('moving', 'KubeVirt is moving it (Evacuation in progress)'));
  step = moving('Running', 11);
  await clock.pass(5000);
  over.abort();
  await clock.pass(5000);
  await ticking;
  const waits = told.filter(({ type }) => type === 'waiting').map((event) => ('why' in event ? event.why : ''));
  expect(waits).toEqual([
    'KubeVirt is moving it (Eviction triggered)',
    'the server is busy',
    'KubeVirt is moving it: Scheduled, for 1s',
    'KubeVirt is moving it: Running, for 11s',
  ]);
  expect(progress.now.causes.map(({ text }) => text)).toEqual([
    'KubeVirt is moving it: Running, for 11s',
    'the server is busy',
  ]);
});

test('turns of others are told once to each who waits, and by the progress as they are', () => {
  const { progress, told } = progressOf();
  const turn = (name: string, kind: 'order' | 'member' = 'order') => ({
    ...causeOf(kind, `${name} first`),
    key: `${kind} db`,
  });
  progress.begin(planOf([a, b]), true);
  for (const name of ['db-1', 'db-2', 'db-3']) {
    progress.waiting(a, turn(name));
    progress.waiting(b, turn(name));
    progress.waiting(a, turn(name, 'member'));
  }
  progress.waiting(a, turn('db-4'));
  const waits = told.filter(({ type }) => type === 'waiting').map((event) => ('why' in event ? event.why : ''));
  expect(waits).toEqual(['db-1 first', 'db-1 first', 'db-1 first']);
  expect(progress.now.causes).toEqual([{ kind: 'order', text: 'db-3 first', names: ['default/a', 'default/b'] }]);
});
