import { describe, expect, test } from 'vitest';
import { remakesFrom } from '../../../../../plugin/verbs/redo/remake.ts';
import type { RefusedWork } from '../../../../../plugin/verbs/redo/refused-work.ts';

const work: RefusedWork = {
  ...{ kind: 'CronJob', namespace: 'shop', name: 'nightly', times: 1, lastAt: '2026-01-05T02:00:00Z', messages: [] },
};

/** The first that is tried, where some runs are there. */
function remake(maker: unknown, refused: RefusedWork, ...names: readonly string[]) {
  const runs = names.map((name) => ({ metadata: { name } }));
  const [first] = remakesFrom(maker, refused, runs);
  if (first === undefined) throw new Error('nothing is tried');
  return first;
}

describe('a Job from a CronJob', () => {
  const cronJob = {
    metadata: { name: 'nightly', uid: 'u-1' },
    spec: {
      jobTemplate: { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } }, spec: { template: { spec: {} } } },
    },
  };

  test('is what kubectl create job --from makes', () => {
    expect(remake(cronJob, work)).toEqual({
      name: 'nightly-redo-t8dc80',
      what: 'job.batch/nightly-redo-t8dc80',
      request: {
        method: 'POST',
        path: '/apis/batch/v1/namespaces/shop/jobs',
        body: {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: {
            name: 'nightly-redo-t8dc80',
            namespace: 'shop',
            labels: { a: 'b' },
            annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', c: 'd' },
            ownerReferences: [
              { apiVersion: 'batch/v1', kind: 'CronJob', name: 'nightly', uid: 'u-1', controller: true },
            ],
          },
          spec: { template: { spec: {} } },
        },
      },
    });
  });

  test('has one name a refusal, and never a longer one than its pods can carry', () => {
    const long = { ...work, name: 'a'.repeat(52) };
    const { name } = remake(cronJob, long);
    expect(remake(cronJob, long).name).toBe(name);
    expect(remake(cronJob, { ...long, lastAt: '2026-01-06T02:00:00Z' }).name).not.toBe(name);
    expect(name).toMatch(/^a+-redo-[a-z0-9]+$/);
    expect(name.length).toBeLessThanOrEqual(63);
    const again = remake(cronJob, long, `${name}-9`).name;
    expect(again).toMatch(/^a+-redo-[a-z0-9]+-10$/);
    expect(again.length).toBeLessThanOrEqual(63);
  });

  test.each<[what: string, runs: readonly string[], name: string]>([
    ['none is there', ['nightly-29460600'], 'nightly-redo-t8dc80'],
    ['the first is there', ['nightly-redo-t8dc80'], 'nightly-redo-t8dc80-2'],
    ['the last alone is there still', ['nightly-redo-t8dc80-2'], 'nightly-redo-t8dc80-3'],
    ['they are in no order', ['nightly-redo-t8dc80-10', 'nightly-redo-t8dc80-9'], 'nightly-redo-t8dc80-11'],
    ['one is there of another refusal', ['nightly-redo-t8dc7z-4'], 'nightly-redo-t8dc80'],
    ['one has a number that none of ours has', [`nightly-redo-t8dc80-${'9'.repeat(20)}`], 'nightly-redo-t8dc80'],
  ])('its name counts on from the highest: %s', (_what, runs, name) => {
    expect(remake(cronJob, work, ...runs).name).toBe(name);
  });

  test('the next names are tried after it, up to a bound', () => {
    const names = remakesFrom(cronJob, work, [{ metadata: { name: 'nightly-redo-t8dc80' } }]).map(({ name }) => name);
    expect(names).toEqual(['2', '3', '4', '5', '6'].map((number) => `nightly-redo-t8dc80-${number}`));
  });
});

describe('a Backup from its Schedule', () => {
  const schedule = {
    metadata: {
      name: 'daily',
      uid: 'u-2',
      labels: { team: 'shop' },
      annotations: { 'velero.io/pod-volume-timeout': '30m' },
    },
    spec: { template: { ttl: '1h' } },
  };
  const refused: RefusedWork = { ...work, kind: 'Backup', namespace: 'velero', name: 'daily-1' };

  test.each<[what: string, spec: object, metadata: object]>([
    [
      'carries the labels of the Schedule',
      { template: { ttl: '1h' } },
      { labels: { team: 'shop', 'velero.io/schedule-name': 'daily' } },
    ],
    [
      'or those that its template has',
      { template: { ttl: '1h', metadata: { labels: { own: 'x' } } } },
      { labels: { own: 'x', 'velero.io/schedule-name': 'daily' } },
    ],
    [
      'carries its annotations: how long its volumes may take is one of them',
      { template: { ttl: '1h' } },
      { annotations: { 'velero.io/pod-volume-timeout': '30m' } },
    ],
    [
      'is owned by it where it says so',
      { template: { ttl: '1h' }, useOwnerReferencesInBackup: true },
      {
        ownerReferences: [
          { apiVersion: 'velero.io/v1', kind: 'Schedule', name: 'daily', uid: 'u-2', controller: true },
        ],
      },
    ],
  ])('%s', (_what, spec, metadata) => {
    const { what, request } = remake({ ...schedule, spec }, refused);
    expect(what).toBe('backup.velero.io/daily-redo-t8dc80');
    expect(request).toMatchObject({
      method: 'POST',
      path: '/apis/velero.io/v1/namespaces/velero/backups',
      body: { kind: 'Backup', metadata, spec: spec['template' as keyof typeof spec] },
    });
  });

  test('its name counts on from the highest that is there', () => {
    expect(remake(schedule, refused, 'daily-redo-t8dc80-2').name).toBe('daily-redo-t8dc80-3');
  });
});
