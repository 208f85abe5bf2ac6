import { describe, expect, test } from 'vitest';
import { denyingRules, refusedCronJobs, wakeCronJobs } from '../../../../plugin/kept-off/cron-jobs.ts';
import type { MakerEvent } from '../../../../plugin/kept-off/kept-off.ts';
import { WOKEN_ANNOTATION } from '../../../../plugin/kept-off/wake.ts';
import { cronJobPath, cronJobStatusPath, NODES, RECORD_ANNOTATION } from '../../../../shared/index.ts';
import { nodeObject, settle, toldSession } from '../world.ts';
import { BEFORE, BEGUN, ENDED, LATE, NOON } from './times.ts';

const denial = (...nodes: readonly string[]) =>
  `Error creating job: admission webhook "work.kubectl-maint.io" denied the request: backup: it is for ${nodes.join(', ')}`;

function refusal(fields: Partial<MakerEvent> = {}): MakerEvent {
  const cronJob = { kind: 'CronJob', namespace: 'shop', name: 'nightly' };
  return { ...cronJob, message: denial('n1'), count: 3, lastAt: NOON, ...fields };
}

describe('which CronJobs were refused because of a node', () => {
  test.each<[string, readonly MakerEvent[], readonly object[]]>([
    ['one, by its last Event', [refusal({ lastAt: LATE }), refusal()], [{ name: 'nightly', lastAt: LATE }]],
    ['several, by name', [refusal({ name: 'b' }), refusal({ name: 'a' })], [{ name: 'a' }, { name: 'b' }]],
    ['not of before', [refusal({ lastAt: BEFORE })], []],
    ['not because of another node', [refusal({ message: denial('n2') })], []],
    ['not for want of quota', [refusal({ message: 'exceeded quota on n1' })], []],
    ['no Jobs: they make their pods again', [refusal({ kind: 'Job' })], []],
  ])('%s', (_what, makers, expected) => {
    expect(refusedCronJobs(ENDED, makers)).toMatchObject(expected);
    expect(refusedCronJobs(ENDED, makers)).toHaveLength(expected.length);
  });
});

const PATH = cronJobPath('shop', 'nightly');

/** A world at a time after the refusal, with one CronJob. */
function world(spec: object | undefined) {
  const { cluster, session, clock } = toldSession();
  if (spec !== undefined) cluster.objects.set(PATH, { metadata: { name: 'nightly' }, spec });
  const lastAt = new Date(clock.now() - 40_000).toISOString();
  return { cluster, session, clock, refused: [refusal({ lastAt })] };
}

test.each<[text: string, rules: readonly string[]]>([
  [denial('n1'), ['backup']],
  [denial('n1').replace('backup: it', 'scan: it'), ['scan']],
  [`${denial('n1')}; scan: it is one, too`, ['backup', 'scan']],
  ['Error creating job: exceeded quota: backup: 3', []],
])('which rules deny: %s', (text, rules) => {
  expect(denyingRules(text)).toEqual(rules);
});

describe('what becomes of one', () => {
  test('it is woken by a write that leaves its spec alone', async () => {
    const { cluster, session, refused } = world({});
    expect(await wakeCronJobs(refused, session)).toEqual([
      { name: 'shop/nightly', state: 'woken', why: '', command: '' },
    ]);
    expect(cluster.requests).toEqual([
      {
        method: 'PATCH',
        path: cronJobStatusPath('shop', 'nightly'),
        query: { fieldManager: 'maint' },
        contentType: 'application/merge-patch+json',
        body: { metadata: { annotations: { [WOKEN_ANNOTATION]: '2026-01-05T22:10:00Z' } } },
      },
    ]);
  });

  test.each<[what: string, makesRun: boolean, after: object]>([
    ['makes a run', true, { state: 'woken' }],
    [
      'makes none: the run was due before its last refusal',
      false,
      { state: 'lost', why: 'its startingDeadlineSeconds (60) have passed: woken, it made no run within 2s' },
    ],
  ])('one with a deadline is watched after it was woken: it %s', async (_what, makesRun, after) => {
    const spec = { startingDeadlineSeconds: 60 };
    const { cluster, session, clock, refused } = world(spec);
    const found = wakeCronJobs(refused, session);
    await settle();
    const status = { lastScheduleTime: '2026-01-05T22:09:00Z' };
    if (makesRun) cluster.objects.set(PATH, { metadata: { name: 'nightly' }, spec, status });
    for (let ms = 0; ms < 2000; ms += 100) await clock.pass(100);
    expect(await found).toMatchObject([after]);
  });

  test.each<[what: string, spec: object | undefined, after: object | undefined]>([
    ['gone', undefined, undefined],
    ['suspended', { suspend: true }, { state: 'suspended', why: 'it is suspended' }],
    [
      'too late',
      { startingDeadlineSeconds: 30 },
      { state: 'lost', why: 'its startingDeadlineSeconds (30) have passed' },
    ],
  ])('one that is %s is left alone', async (_what, spec, after) => {
    const { cluster, session, refused } = world(spec);
    expect(await wakeCronJobs(refused, session)).toMatchObject(after === undefined ? [] : [after]);
    expect(cluster.requests).toEqual([]);
  });

  test('one that another node keeps off is left alone, since one more refusal would make its pause longer', async () => {
    const { cluster, session, refused } = world({});
    cluster.lists.set(NODES, [nodeObject('n2'), nodeObject('n3')]);
    const [first] = refused;
    const both = [{ ...refusal(), ...first, message: denial('n1', 'n3') }];
    expect(await wakeCronJobs(both, session)).toMatchObject([{ state: 'kept-off', why: 'node n3 is in maintenance' }]);
    expect(cluster.requests).toEqual([]);
  });

  test.each<[what: string, rules: readonly string[], state: string]>([
    ['lets it pass', ['backup'], 'woken'],
    ['lets something else pass', ['scan'], 'kept-off'],
  ])('where an exception of the other node %s', async (_what, rules, state) => {
    const { cluster, session, refused } = world({});
    const until = '2026-01-05T23:00:00Z';
    const record = {
      version: 1,
      claims: [{ owner: 'ana', mode: 'cordon', since: BEGUN }],
      before: { cordoned: false },
      initiatedAt: BEGUN,
      exceptions: [{ rules, until, by: 'ana', reason: 'last' }],
    };
    cluster.lists.set(NODES, [nodeObject('n1', { annotations: { [RECORD_ANNOTATION]: JSON.stringify(record) } })]);
    expect(await wakeCronJobs(refused, session)).toMatchObject([{ state }]);
  });

  test('one that policies refused is woken when they have heard of the node', async () => {
    const { cluster, session, clock, refused } = world({});
    const [first] = refused;
    const message = `Error creating job: jobs.batch "x" is forbidden: ValidatingAdmissionPolicy 'backup.kubectl-maint.io' with binding 'backup.kubectl-maint.io' denied request: backup: it is for node n1`;
    const woken = wakeCronJobs([{ ...refusal(), ...first, message }], session);
    await settle();
    expect(cluster.requests).toEqual([]);
    await clock.pass(1000);
    expect(await woken).toMatchObject([{ state: 'woken' }]);
  });

  test.each<[what: string, status: number, why: string]>([
    ['without the right', 403, 'no right to patch cronjobs or cronjobs/status'],
    ['where the API server has a fault', 500, 'the API server answered 500'],
  ])('%s the command is told', async (_what, status, why) => {
    const { cluster, session, refused } = world({});
    cluster.say = () => ({ status, headers: {}, body: {} });
    expect(await wakeCronJobs(refused, session)).toEqual([
      {
        name: 'shop/nightly',
        state: 'sleeps',
        why,
        command: `kubectl annotate cronjob nightly -n shop ${WOKEN_ANNOTATION}=2026-01-05T22:10:00Z --overwrite`,
      },
    ]);
  });

  test('who may write the CronJob, and not its status, wakes it so', async () => {
    const { cluster, session, refused } = world({});
    cluster.say = ({ path }) => ({ status: path === PATH ? 200 : 403, headers: {}, body: {} });
    expect(await wakeCronJobs(refused, session)).toMatchObject([{ state: 'woken' }]);
    expect(cluster.requests.map(({ path }) => path)).toEqual([cronJobStatusPath('shop', 'nightly'), PATH]);
  });

  test('what cannot be read is tried all the same', async () => {
    const { cluster, session, refused } = world({});
    cluster.get = () => Promise.reject(new Error('forbidden'));
    cluster.pages = () => {
      throw new Error('forbidden');
    };
    cluster.say = () => Promise.reject(new Error('reset'));
    expect(await wakeCronJobs(refused, session)).toMatchObject([{ state: 'sleeps', why: 'reset' }]);
  });

  test('nothing is asked where none was refused', async () => {
    expect(await wakeCronJobs([], world({}).session)).toEqual([]);
  });
});
