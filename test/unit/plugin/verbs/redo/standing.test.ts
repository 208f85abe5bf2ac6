import { expect, test } from 'vitest';
import { nodeFromObject, type NodeFacts } from '../../../../../shared/index.ts';
import type { RefusedWork } from '../../../../../plugin/verbs/redo/refused-work.ts';
import { ownedBy, standingOf, type About } from '../../../../../plugin/verbs/redo/standing.ts';
import { nodeObject } from '../../world.ts';

const REFUSED_AT = '2026-01-05T02:00:00Z';
const BEFORE = { metadata: { name: 'run-1', creationTimestamp: '2026-01-05T01:00:00Z' } };
const SINCE = { metadata: { name: 'run-2', creationTimestamp: '2026-01-05T03:00:00Z' } };

const THEN = { metadata: { name: 'run-3', creationTimestamp: '2026-01-05T03:30:00Z' } };

const ended = (how: string) => (run: object) => ({ ...run, status: { conditions: [{ type: how, status: 'True' }] } });
const [failed, succeeded] = [ended('Failed'), ended('Complete')];

const cronJob: RefusedWork = {
  ...{ kind: 'CronJob', namespace: 'shop', name: 'nightly', times: 1, lastAt: REFUSED_AT },
  messages: ['backup: node n1 is in maintenance (CronJob shop/nightly)'],
};
const backup: RefusedWork = { ...cronJob, kind: 'Backup', namespace: 'velero', name: 'daily-1' };
const ofSchedule = { metadata: { labels: { 'velero.io/schedule-name': 'daily' } } };

function held(name: string, ...exceptions: readonly object[]): readonly NodeFacts[] {
  const since = '2026-01-05T00:00:00Z';
  const record = {
    ...{
      version: 1,
      claims: [{ owner: 'ana', mode: 'cordon', since }],
      before: { cordoned: false },
      initiatedAt: since,
    },
    ...(exceptions.length > 0 && { exceptions }),
  };
  const labels = { 'kubectl-maint.io/maintenance': 'complete' };
  const annotations = { 'kubectl-maint.io/maintenance': JSON.stringify(record) };
  return [nodeFromObject(nodeObject(name, { labels, annotations }))].filter((node) => node !== undefined);
}

const about = (more: Partial<About>): About => ({
  ...{
    object: {},
    runs: [],
    schedule: undefined,
    refused: new Set(),
    held: [],
    now: Date.parse('2026-01-05T04:00:00Z'),
  },
  ...more,
});

test.each<[what: string, work: RefusedWork, about: Partial<About>, standing: string]>([
  ['nothing ran since', cronJob, { runs: [BEFORE] }, 'open'],
  ['it ran since', cronJob, { runs: [BEFORE, SINCE] }, 'made-up: run-2 was made since'],
  ['it ran since, and failed', cronJob, { runs: [failed(SINCE)] }, 'open: run-2 was made since, and failed'],
  [
    'it ran since, failed, and ran then',
    backup,
    { object: ofSchedule, schedule: {}, runs: [{ ...SINCE, status: { phase: 'FailedValidation' } }, THEN] },
    'made-up: run-3 was made since',
  ],
  [
    'it ran since, and its Job is gone already',
    cronJob,
    { object: { status: { lastSuccessfulTime: '2026-01-05T03:00:00Z' } } },
    'made-up: it ran since',
  ],
  [
    'a run of before ended since: that was not made since',
    cronJob,
    { object: { status: { lastSuccessfulTime: '2026-01-05T02:14:00Z' } }, runs: [succeeded(BEFORE)] },
    'open',
  ],
  [
    'a run of before failed, and that which ran since is gone',
    cronJob,
    { object: { status: { lastSuccessfulTime: '2026-01-05T03:00:00Z' } }, runs: [failed(BEFORE)] },
    'made-up: it ran since',
  ],
  ['it is gone', cronJob, { object: undefined }, 'gone: the CronJob is gone'],
  ['it is suspended', cronJob, { object: { spec: { suspend: true } } }, 'suspended: it is suspended'],
  ['its node is in maintenance still', cronJob, { held: held('n1') }, 'kept-off: node n1 is in maintenance'],
  ['another node is in maintenance', cronJob, { held: held('n11') }, 'open'],
  [
    'its node has an exception',
    cronJob,
    { held: held('n1', { rules: ['backup'], until: '2026-01-05T05:00:00Z', reason: 'now', by: 'ana' }) },
    'open',
  ],
  [
    'it ran since, and was refused again',
    backup,
    { object: ofSchedule, schedule: {}, runs: [SINCE], refused: new Set(['daily-1', 'run-2']) },
    'superseded: run-2 was made since, and refused as well',
  ],
  [
    'it ran since, was refused again, and ran then',
    backup,
    { object: ofSchedule, schedule: {}, runs: [SINCE, THEN], refused: new Set(['daily-1', 'run-2']) },
    'made-up: run-3 was made since',
  ],
  ['a Backup of a Schedule', backup, { object: ofSchedule, schedule: {} }, 'open'],
  ['a Backup of a Schedule that is gone', backup, { object: ofSchedule }, 'gone: its Schedule daily is gone'],
  [
    'a Backup of a Schedule that is paused',
    backup,
    { object: ofSchedule, schedule: { spec: { paused: true } } },
    'suspended: its Schedule daily is paused',
  ],
  ['a Backup made by hand', backup, {}, 'by-hand: no Schedule made it: make it again as you made it'],
])('%s', (_what, work, read, standing) => {
  const { state, why } = standingOf(work, about(read));
  expect(why === '' ? state : `${state}: ${why}`).toBe(standing);
});

test('only the Jobs of a CronJob are its runs', () => {
  const of = (uid: string) => ({ metadata: { name: uid, ownerReferences: [{ uid }] } });
  expect(ownedBy({ metadata: { uid: 'a' } }, [of('a'), of('b'), {}])).toEqual([of('a')]);
});
