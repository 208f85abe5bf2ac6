import { describe, expect, test } from 'vitest';
import type { MakerEvent } from '../../../../../plugin/kept-off/kept-off.ts';
import { refusedWork } from '../../../../../plugin/verbs/redo/refused-work.ts';

const AT = '2026-01-05T02:00:00Z';
const LATER = '2026-01-05T03:00:00Z';

const maker = (message: string, more: Partial<MakerEvent> = {}): MakerEvent => ({
  ...{ kind: 'CronJob', namespace: 'shop', name: 'nightly', message, count: 3, lastAt: LATER },
  ...more,
});

const DENIED = `Error creating job: jobs.batch "x" is forbidden: ValidatingAdmissionPolicy 'backup.kubectl-maint.io' with binding 'b' denied request: backup: node n1`;

const DENIED_BY_WEBHOOK = `Error creating job: admission webhook "work.kubectl-maint.io" denied the request: backup: node n1`;

const piece = (name: string, more: Partial<MakerEvent> = {}): MakerEvent =>
  maker(DENIED, { kind: 'Backup', namespace: 'velero', name, count: 1, ...more });

describe('what was refused, by who says so', () => {
  test.each<[what: string, makers: readonly MakerEvent[], words: readonly string[]]>([
    ['nobody', [], []],
    ['the controller of a CronJob, of the webhook', [maker(DENIED_BY_WEBHOOK)], ['CronJob shop/nightly 3']],
    ['the controller of a CronJob, of a policy', [maker(DENIED)], ['CronJob shop/nightly 3']],
    [
      'the controller of a CronJob, of both: once, all times',
      [maker(DENIED), maker(DENIED_BY_WEBHOOK, { count: 1 })],
      ['CronJob shop/nightly 4'],
    ],
    [
      'pieces of a Backup: once, all of them',
      Array.from({ length: 4 }, () => piece('daily-1')),
      ['Backup velero/daily-1 4'],
    ],
    ['the controller of a CronJob, of somebody else', [maker('exceeded quota: jobs')], []],
    ['the controller of a Job', [maker(DENIED, { kind: 'Job' })], []],
  ])('%s', (_what, makers, words) => {
    const found = refusedWork(makers);
    expect(found.map(({ kind, namespace, name, times }) => `${kind} ${namespace}/${name} ${times}`)).toEqual(words);
  });

  test('the later time counts', () => {
    const [work] = refusedWork([maker(DENIED, { lastAt: AT }), maker(DENIED), maker(DENIED, { lastAt: AT })]);
    expect(work?.lastAt).toBe(LATER);
  });

  test('the last comes first', () => {
    const found = refusedWork([piece('a', { lastAt: AT }), piece('b')]);
    expect(found.map(({ name }) => name)).toEqual(['b', 'a']);
  });
});
