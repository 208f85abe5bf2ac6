import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseRecord, readRecord, renderRecord } from '../../../shared/record/record.ts';

const SINCE = '2026-01-05T22:10:00Z';
const minimal = {
  version: 1,
  claims: [{ owner: 'ana', mode: 'drain', since: SINCE }],
  before: { cordoned: false },
  initiatedAt: SINCE,
};

test('a record without exceptions has none', () => {
  expect(parseRecord(JSON.stringify(minimal))).toEqual({ ok: true, value: { ...minimal, exceptions: [] } });
});

test('fields that we do not know are kept, at every level', () => {
  const later = {
    ...minimal,
    phase: { of: 'a later version' },
    claims: [{ owner: 'ana', mode: 'cordon', since: SINCE, approvedBy: ['ben'] }],
    before: { cordoned: true, taints: [] },
    exceptions: [{ rules: ['backup'], until: SINCE, by: 'ben', reason: 'now', ticket: 'OPS-1' }],
    constructor: 'a key like any other',
  };
  const result = parseRecord(JSON.stringify(later));
  expect(result).toEqual({ ok: true, value: later });
  expect(result.ok && JSON.parse(renderRecord(result.value))).toEqual(later);
});

test('a key __proto__ changes nothing', () => {
  const text = JSON.stringify(minimal).replace(/\}$/, `,"__proto__":{"completedAt":"${SINCE}","polluted":true}}`);
  const result = parseRecord(text);
  expect(result.ok && result.value.completedAt).toBeUndefined();
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

test.each<[what: string, change: object, path: string]>([
  ['another version', { version: 2 }, 'version'],
  ['no version', { version: undefined }, 'version'],
  ['no claims', { claims: [] }, 'claims'],
  ['claims that are no list', { claims: {} }, 'claims'],
  ['a claim without an owner', { claims: [{ owner: '', mode: 'drain', since: SINCE }] }, 'claims.0.owner'],
  ['an unknown mode', { claims: [{ owner: 'a', mode: 'reboot', since: SINCE }] }, 'claims.0.mode'],
  ['a time that is none', { initiatedAt: 'soon' }, 'initiatedAt'],
  ['a time without an offset', { initiatedAt: '2026-01-05T22:10:00' }, 'initiatedAt'],
  ['a date alone', { initiatedAt: '2026-01-05' }, 'initiatedAt'],
  ['a time that only JavaScript reads', { completedAt: 'tomorrow 9' }, 'completedAt'],
  ['a day that does not exist', { initiatedAt: '2026-13-05T22:10:00Z' }, 'initiatedAt'],
  ['no word on the time before', { before: {} }, 'before.cordoned'],
  ['an annotation that is a number', { before: { cordoned: true, annotations: { a: 1 } } }, 'before.annotations.a'],
  [
    'an exception without rules',
    { exceptions: [{ rules: [], until: SINCE, by: 'b', reason: 'r' }] },
    'exceptions.0.rules',
  ],
  ['an exception without an end', { exceptions: [{ rules: ['scan'], by: 'b', reason: 'r' }] }, 'exceptions.0.until'],
])('%s is a problem that names the field', (_what, change, path) => {
  const result = parseRecord(JSON.stringify({ ...minimal, ...change }));
  expect(result).toMatchObject({ ok: false, problems: [{ path }] });
});

test('a record of a later version is told as such, and nothing else of it', () => {
  expect(parseRecord('{"version":2,"claims":"otherwise"}')).toEqual({
    ok: false,
    problems: [{ path: 'version', message: 'is 2: a newer kubectl maint wrote it, use that one' }],
  });
});

test('all problems are told at once, and the text is not echoed', () => {
  const result = parseRecord(JSON.stringify({ version: 0, claims: 'secret', before: null, initiatedAt: 'secret' }));
  expect(result).toMatchObject({
    ok: false,
    problems: [{ path: 'version' }, { path: 'claims' }, { path: 'before' }, { path: 'initiatedAt' }],
  });
  expect(JSON.stringify(result)).not.toContain('secret');
});

test.each(['', 'true', '{', 'null', '[]', '5', '"x"', '{}'])(
  'the annotation %j counts as maintenance and cannot be read',
  (text) => {
    expect(readRecord(text)).toMatchObject({ kind: 'unreadable' });
  },
);

test('no annotation is no maintenance', () => {
  expect(readRecord(undefined)).toEqual({ kind: 'none' });
  expect(readRecord(JSON.stringify(minimal))).toMatchObject({ kind: 'record', record: { version: 1 } });
});

const moment = fc
  .date({ noInvalidDate: true, min: new Date('0001-01-01'), max: new Date('9999-12-31') })
  .map((date) => date.toISOString());
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const withoutAbsent = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined));
const key = fc.string().filter((text) => text !== '__proto__');

const records = fc
  .record({
    version: fc.constant(1 as const),
    claims: fc.array(
      fc
        .record({
          owner: fc.string({ minLength: 1 }),
          mode: fc.constantFrom('drain', 'cordon'),
          reason: optional(fc.string({ unit: 'binary' })),
          ticket: optional(fc.string()),
          since: moment,
          until: optional(moment),
        })
        .map(withoutAbsent),
      { minLength: 1 },
    ),
    before: fc.record(
      { cordoned: fc.boolean(), annotations: fc.dictionary(key, fc.option(fc.string()), { noNullPrototype: true }) },
      { requiredKeys: ['cordoned'] },
    ),
    exceptions: fc.array(
      fc.record({
        rules: fc.array(fc.string(), { minLength: 1 }),
        until: moment,
        by: fc.string(),
        reason: fc.string(),
      }),
    ),
    initiatedAt: moment,
    completedAt: optional(moment),
  })
  .map(withoutAbsent);

test('what is rendered reads back the same', () => {
  fc.assert(
    fc.property(records, (record) => {
      const first = parseRecord(JSON.stringify(record));
      expect(first).toEqual({ ok: true, value: record });
      const again = first.ok ? parseRecord(renderRecord(first.value)) : undefined;
      expect(again).toEqual(first);
    }),
  );
});

test('any text gives a reading, never an error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      expect(['record', 'unreadable']).toContain(readRecord(text).kind);
    }),
  );
});
