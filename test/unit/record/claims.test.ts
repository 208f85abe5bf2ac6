import { describe, expect, test } from 'vitest';
import {
  isOverdue,
  modeOf,
  overdueClaims,
  untilOf,
  withClaim,
  withCompletion,
  withoutClaims,
} from '../../../shared/record/claims.ts';
import type { Claim, MaintenanceRecord } from '../../../shared/record/record.ts';

const [T1, T2, T3] = ['2026-01-05T22:00:00Z', '2026-01-05T23:00:00Z', '2026-01-06T00:00:00Z'];
const BEFORE = { cordoned: false };

function claim(owner: string, more: Partial<Claim> = {}): Claim {
  return { owner, mode: 'drain', since: T1, ...more };
}

function recordOf(claims: Claim[], more: Partial<MaintenanceRecord> = {}): MaintenanceRecord {
  return { version: 1, claims, before: BEFORE, exceptions: [], initiatedAt: T1, ...more };
}

describe('a claim is added', () => {
  test('the first one makes the record, with what the node was like before', () => {
    expect(withClaim(undefined, claim('ana', { since: T2 }), { cordoned: true })).toEqual(
      recordOf([claim('ana', { since: T2 })], { before: { cordoned: true }, initiatedAt: T2 }),
    );
  });

  test("another owner's stands beside it, and what was before stays", () => {
    const cordon = claim('ben', { mode: 'cordon' });
    const next = withClaim(recordOf([claim('ana')], { completedAt: T2 }), cordon, { cordoned: true });
    expect(next).toEqual(recordOf([claim('ana'), cordon], { completedAt: T2 }));
  });

  test('renewed: since stays, the new reason and end hold, what the new one leaves out stays', () => {
    const first = claim('ana', { reason: 'disk', ticket: 'OPS-1', until: T2 });
    const next = withClaim(recordOf([first]), claim('ana', { since: T2, reason: 'new disk', until: T3 }), BEFORE);
    expect(next.claims).toEqual([claim('ana', { reason: 'new disk', ticket: 'OPS-1', until: T3 })]);
  });

  test('whoever asks for a drain sees it done anew', () => {
    const next = withClaim(recordOf([claim('ana')], { completedAt: T2 }), claim('ben'), BEFORE);
    expect(next).toEqual(recordOf([claim('ana'), claim('ben')]));
  });

  test('the mode only escalates, and then the node is not complete any more', () => {
    const cordoned = recordOf([claim('ana', { mode: 'cordon' })], { completedAt: T2 });
    const drained = withClaim(cordoned, claim('ana'), BEFORE);
    expect(drained).toEqual(recordOf([claim('ana')]));
    expect('completedAt' in drained).toBe(false);
    expect(withClaim(drained, claim('ana', { mode: 'cordon' }), BEFORE)).toEqual(drained);
  });
});

test('a claim goes; with the last one the record', () => {
  const both = recordOf([claim('ana'), claim('ben')]);
  expect(withoutClaims(both, [claim('ana')])).toEqual(recordOf([claim('ben')]));
  expect(withoutClaims(both, [claim('cleo')])).toEqual(both);
  expect(withoutClaims(recordOf([claim('ana')]), [claim('ana')])).toBeUndefined();
  expect(withoutClaims(both, [claim('ben'), claim('ana')])).toBeUndefined();
});

test('completion is remembered once', () => {
  const complete = withCompletion(recordOf([claim('ana')]), T2);
  expect(complete.completedAt).toBe(T2);
  expect(withCompletion(complete, T3)).toEqual(complete);
});

test('the strongest mode counts', () => {
  expect(modeOf(recordOf([claim('a', { mode: 'cordon' })]))).toBe('cordon');
  expect(modeOf(recordOf([claim('a', { mode: 'cordon' }), claim('b')]))).toBe('drain');
});

test('the end is the latest of all claims, and unknown as soon as one names none', () => {
  const ends = [
    claim('a', { until: T2 }),
    claim('b', { until: '2026-01-06T02:00:00+03:00' }),
    claim('c', { until: T3 }),
  ];
  expect(untilOf(recordOf(ends))).toBe(T3);
  expect(untilOf(recordOf([...ends, claim('d')]))).toBeUndefined();
});

test('overdue is what has an end that has passed', () => {
  const record = recordOf([claim('a', { until: T2 })]);
  expect(isOverdue(record, Date.parse(T2))).toBe(false);
  expect(isOverdue(record, Date.parse(T2) + 1)).toBe(true);
  expect(isOverdue(recordOf([claim('a')]), Date.parse(T3))).toBe(false);
});

test('of several owners, the one whose end has passed is overdue, whatever the others announced', () => {
  const late = claim('b', { until: T2 });
  const record = recordOf([claim('a', { until: T3 }), late, claim('c')]);
  expect(overdueClaims(record, Date.parse(T2) + 1)).toEqual([late]);
  expect(isOverdue(record, Date.parse(T2) + 1)).toBe(true);
});
