import { describe, expect, test } from 'vitest';
import { backupFrom, jobFrom } from '../../../../../plugin/verbs/redo/remake.ts';
import type { RefusedWork } from '../../../../../plugin/verbs/redo/refused-work.ts';

const work: RefusedWork = {
  ...{ kind: 'CronJob', namespace: 'shop', name: 'nightly', times: 1, lastAt: '2026-01-05T02:00:00Z', messages: [] },
};

describe('a Job from a CronJob', () => {
  const cronJob = {
    metadata: { name: 'nightly', uid: 'u-1' },
    spec: {
      jobTemplate: { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } }, spec: { template: { spec: {} } } },
    },
  };

  test('is what kubectl create job --from makes', () => {
    expect(jobFrom(cronJob, work)).toEqual({
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
    const { what } = jobFrom(cronJob, long);
    expect(jobFrom(cronJob, long).what).toBe(what);
    expect(jobFrom(cronJob, { ...long, lastAt: '2026-01-06T02:00:00Z' }).what).not.toBe(what);
    expect(what.replace('job.batch/', '')).toMatch(/^a+-redo-[a-z0-9]+$/);
    expect(what.replace('job.batch/', '').length).toBeLessThanOrEqual(63);
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
    const { what, request } = backupFrom({ ...schedule, spec }, refused);
    expect(what).toBe('backup.velero.io/daily-redo-t8dc80');
    expect(request).toMatchObject({
      method: 'POST',
      path: '/apis/velero.io/v1/namespaces/velero/backups',
      body: { kind: 'Backup', metadata, spec: spec['template' as keyof typeof spec] },
    });
  });
});
