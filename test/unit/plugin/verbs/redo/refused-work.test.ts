import { describe, expect, test } from 'vitest';
import type { MakerEvent } from '../../../../../plugin/kept-off/kept-off.ts';
import type { OwnEvent } from '../../../../../plugin/nodes/own-events.ts';
import { refusedWork } from '../../../../../plugin/verbs/redo/refused-work.ts';

const AT = '2026-01-05T02:00:00Z';
const LATER = '2026-01-05T03:00:00Z';

const own = (message: string, more: Partial<OwnEvent> = {}): OwnEvent => ({
  ...{ node: 'n1', uid: undefined, reason: 'WorkDenied', message, count: 2, createdAt: AT, lastAt: AT },
  afterDenial: 'resumed',
  ...more,
});
const maker = (message: string, more: Partial<MakerEvent> = {}): MakerEvent => ({
  ...{ kind: 'CronJob', namespace: 'shop', name: 'nightly', message, count: 3, lastAt: LATER },
  ...more,
});

const DENIED = `Error creating job: jobs.batch "x" is forbidden: ValidatingAdmissionPolicy 'backup.kubectl-maint.io' with binding 'b' denied request: backup: node n1`;

const DENIED_BY_WEBHOOK = `Error creating job: admission webhook "work.kubectl-maint.io" denied the request: backup: node n1`;

describe('what was refused', () => {
  test.each<[what: string, own: readonly OwnEvent[], makers: readonly MakerEvent[], words: readonly string[]]>([
    [
      'a CronJob, by the webhook',
      [own('backup (k8up): node n1 (CronJob shop/nightly)')],
      [maker(DENIED_BY_WEBHOOK, { count: 1 })],
      ['CronJob shop/nightly 2'],
    ],
    ['a CronJob that its own controller says nothing of', [own('backup: node n1 (CronJob shop/nightly)')], [], []],
    ['pieces of a Backup', [own('backup (velero): node n1 (Backup velero/daily-1)')], [], ['Backup velero/daily-1 2']],
    [
      'pieces of a Backup, by what they say themselves',
      [own('backup (velero): node n1 (Backup velero/daily-1)')],
      Array.from({ length: 4 }, () =>
        maker(DENIED, { kind: 'Backup', namespace: 'velero', name: 'daily-1', count: 1 }),
      ),
      ['Backup velero/daily-1 4'],
    ],
    ['a CronJob, by a policy', [], [maker(DENIED)], ['CronJob shop/nightly 3']],
    [
      'by both: once, the greater count, the later time',
      [own('backup: node n1 (CronJob shop/nightly)')],
      [maker(DENIED)],
      ['CronJob shop/nightly 3'],
    ],
    ['work that its own controller tries again', [own('backup: node n1 (ReplicaSet shop/web)')], [], []],
    ['work that nobody made', [own('backup: node n1 (Pod in shop)')], [], []],
    ['an add-on that is held', [own('addon: x (CronJob shop/nightly)', { reason: 'AddonHeld' })], [], []],
    ['what somebody else refused', [], [maker('exceeded quota: jobs')], []],
    ['a Job that a policy refused', [], [maker(DENIED, { kind: 'Job' })], []],
    ['a name that is none', [own('backup: node n1 (CronJob shop/../x)')], [], []],
  ])('%s', (_what, ownEvents, makers, words) => {
    const found = refusedWork(ownEvents, makers);
    expect(found.map(({ kind, namespace, name, times }) => `${kind} ${namespace}/${name} ${times}`)).toEqual(words);
  });

  test('the last comes first', () => {
    const found = refusedWork([own('backup: a (Backup a/a)'), own('backup: b (Backup b/b)', { lastAt: LATER })], []);
    expect(found.map(({ name }) => name)).toEqual(['b', 'a']);
  });
});
