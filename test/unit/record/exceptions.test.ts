import { describe, expect, test } from 'vitest';
import {
  activeExceptions,
  withException,
  withoutExceptions,
  withoutPastExceptions,
} from '../../../shared/record/exceptions.ts';
import type { Exception, MaintenanceRecord } from '../../../shared/record/record.ts';
import { isExcepted, LIFTABLE_RULES } from '../../../shared/policy/exceptions.ts';
import { RULES } from '../../../shared/policy/registry.ts';

const SINCE = '2026-01-05T22:10:00Z';
const SOON = '2026-01-05T23:00:00Z';
const LATER = '2026-01-06T08:00:00Z';
const [BEFORE_SOON, AT_SOON] = [Date.parse(SOON) - 1, Date.parse(SOON)];

const until = (end: string, ...rules: string[]): Exception => ({ rules, until: end, by: 'ben', reason: 'last one' });

function record(...exceptions: Exception[]): MaintenanceRecord {
  return {
    version: 1,
    claims: [{ owner: 'ana', mode: 'drain', since: SINCE }],
    before: { cordoned: false },
    exceptions,
    initiatedAt: SINCE,
  };
}

test('an exception holds for its rules, until its end', () => {
  const one = record(until(SOON, 'backup', 'scan'));
  expect(activeExceptions(one, BEFORE_SOON)).toEqual(one.exceptions);
  expect(activeExceptions(one, AT_SOON)).toEqual([]);
  expect([isExcepted(one, 'scan', BEFORE_SOON), isExcepted(one, 'scan', AT_SOON)]).toEqual([true, false]);
  expect(isExcepted(one, 'addon', BEFORE_SOON)).toBe(false);
});

test('every rule can be lifted, but the guard of the record, whoever wrote the exception', () => {
  expect(RULES.map(({ id }) => id).filter((id) => !LIFTABLE_RULES.some((rule) => rule === id))).toEqual(['node-guard']);
  expect(isExcepted(record(until(SOON, 'node-guard')), 'node-guard', BEFORE_SOON)).toBe(false);
});

describe('changes', () => {
  test('a new exception takes the place of earlier ones for its rules; fields of a later version are kept', () => {
    const earlier = { ...until(LATER, 'backup', 'addon'), colour: 'red' };
    const next = withException(record(earlier, until(LATER, 'scan')), until(SOON, 'backup', 'scan'));
    expect(next.exceptions).toEqual([{ ...earlier, rules: ['addon'] }, until(SOON, 'backup', 'scan')]);
  });

  test('some or all go', () => {
    const both = record(until(SOON, 'backup', 'addon'), until(LATER, 'scan'));
    expect(withoutExceptions(both, ['backup', 'scan']).exceptions).toEqual([until(SOON, 'addon')]);
    expect(withoutExceptions(both, LIFTABLE_RULES)).toEqual(record());
    expect(withoutPastExceptions(both, AT_SOON)).toEqual(record(until(LATER, 'scan')));
  });
});
