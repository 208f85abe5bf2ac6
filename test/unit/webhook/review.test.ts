import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decisionTime } from '../../../webhook/admission/deadline.ts';
import { extentOf, MAX_NESTING, MAX_PARTS } from '../../../webhook/admission/extent.ts';
import { MAX_UID, readReview } from '../../../webhook/admission/review.ts';
import { errored } from '../../../webhook/admission/respond.ts';
import { reviewOf, volumeBackup } from './world.ts';

const UID = '7f0c1a5e-0000-4000-8000-000000000001';

describe('readReview', () => {
  const good = reviewOf(volumeBackup('n1'), UID);
  const { request } = { request: {}, ...good };
  test.each<[name: string, body: string, uid: string | undefined, reason: RegExp]>([
    ['nothing', '', undefined, /empty/],
    ['no JSON', 'hello', undefined, /not JSON/],
    ['cut JSON', JSON.stringify(good).slice(0, -1), undefined, /not JSON/],
    ['null', 'null', undefined, /kind: must be AdmissionReview/],
    ['a list', '[]', undefined, /kind: must be AdmissionReview/],
    ['another kind', JSON.stringify({ ...good, kind: 'Pod' }), UID, /kind: must be AdmissionReview/],
    ['another version', JSON.stringify({ ...good, apiVersion: 'admission.k8s.io/v1beta1' }), UID, /apiVersion/],
    ['no request', JSON.stringify({ ...good, request: undefined }), undefined, /request.uid: is missing/],
    ['no uid', JSON.stringify({ ...good, request: { ...request, uid: undefined } }), undefined, /uid: is missing/],
    [
      'a uid that is a number',
      JSON.stringify({ ...good, request: { ...request, uid: 7 } }),
      undefined,
      /uid: is missing/,
    ],
    ['a long uid', JSON.stringify(reviewOf({}, 'u'.repeat(MAX_UID + 1))), undefined, /longer than 253/],
    [
      'no operation',
      JSON.stringify({ ...good, request: { ...request, operation: 'PATCH' } }),
      UID,
      /request.operation/,
    ],
    ['100,000 nested lists', '['.repeat(100_000), undefined, /kind: must be AdmissionReview/],
    [
      '__proto__ instead of a request',
      `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","__proto__":{"request":{"uid":"x"}}}`,
      undefined,
      /uid: is missing/,
    ],
  ])('refuses %s', (_name, body, uid, reason) => {
    const read = readReview(Buffer.from(body));
    expect(read).toMatchObject({ ok: false, uid });
    expect(read.ok ? '' : read.reason).toMatch(reason);
  });

  test('reads a review, and takes __proto__ and constructor as keys like any other', () => {
    const body = JSON.stringify(good).replace('"spec":', '"__proto__":{"polluted":true},"constructor":1,"spec":');
    const read = readReview(Buffer.from(body));
    expect(read).toMatchObject({
      ok: true,
      request: { uid: UID, operation: 'CREATE', object: { kind: 'ZFSBackup' } },
    });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('of a review with more parts than are read the beginning counts, unless its object is not in it', () => {
    const long = reviewOf({ ...volumeBackup('n1'), status: Array.from({ length: MAX_PARTS }, () => 0) }, UID);
    expect(readReview(Buffer.from(JSON.stringify(long)))).toMatchObject({
      ok: true,
      request: { isCut: true, oldObject: undefined, object: { kind: 'ZFSBackup', isCut: true } },
    });
    const without = {
      ...long,
      request: { uid: UID, operation: 'CREATE', x: Array.from({ length: MAX_PARTS }, () => 0) },
    };
    expect(readReview(Buffer.from(JSON.stringify(without)))).toMatchObject({ ok: false, uid: UID });
  });

  test.each(['object', 'oldObject'])(
    'of a review that nests deeper than is read what is before counts, unless its object is not in it: %s',
    (place) => {
      const [opened, closed] = ['{"a":'.repeat(600), '}'.repeat(600)];
      const updated = { ...request, operation: 'UPDATE', object: volumeBackup('n1'), oldObject: volumeBackup('n1') };
      const deep = { ...updated, [place]: { ...volumeBackup('n1'), status: 'DEEP' } };
      const body = JSON.stringify({ ...good, request: deep }).replace('"DEEP"', `${opened}1${closed}`);
      const oldObject = place === 'object' ? undefined : { kind: 'ZFSBackup', isCut: true };
      expect(readReview(Buffer.from(body))).toMatchObject({
        ok: true,
        request: { uid: UID, isCut: true, object: { kind: 'ZFSBackup', isCut: true }, oldObject },
      });
      const without = body.replace('"operation":', `"x":${opened}1${closed},"operation":`);
      expect(readReview(Buffer.from(without))).toMatchObject({ ok: false });
    },
  );

  test('any bytes give an answer, and an answer to a readable uid echoes it', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text)),
      fc.jsonValue().map((request) => Buffer.from(JSON.stringify({ ...good, request }))),
      fc.jsonValue().map((object) => Buffer.from(JSON.stringify(reviewOf(object, UID)))),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        const read = readReview(body);
        expect(read.ok && read.request.uid === '').toBe(false);
        if (read.ok) return;
        const answer = errored(400, read.reason, read.uid);
        expect(answer.httpStatus).toBe(400);
        if (read.uid !== undefined) expect(answer.body).toMatchObject({ response: { uid: read.uid, allowed: false } });
      }),
      { numRuns: 300 },
    );
  });
});

describe('extentOf', () => {
  test.each([
    ['[[1]]', 2, 'whole'],
    ['[[[1]]]', 2, 'cut'],
    ['{"a":{"b":{}}}', 2, 'cut'],
    ['["[[[[[[","{\\"[[["]', 2, 'whole'],
    ['["\\\\",[[1]]]', 2, 'cut'],
    ['[1],[2],[3],[4]', 1, 'whole'],
  ])('%s at %i: %s', (json, nesting, expected) => {
    expect(extentOf(Buffer.from(json), { nesting, parts: 100 })).toMatchObject({ kind: expected });
  });

  test('JSON of any shape is cut where what is left of it is JSON, with no more parts and levels than asked', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), fc.nat(20), fc.integer({ min: 1, max: 6 }), (json, parts, nesting) => {
        const extent = extentOf(Buffer.from(json), { nesting, parts });
        if (extent.kind === 'whole') return;
        const rest = Buffer.from(json).subarray(0, extent.end).toString() + extent.closing;
        expect(() => JSON.parse(rest) as unknown).not.toThrow();
        expect(extentOf(Buffer.from(rest), { nesting, parts })).toEqual({ kind: 'whole' });
      }),
      { numRuns: 300 },
    );
  });

  test('what is let through is no danger to a stack', () => {
    const deepest = `${'{"a":['.repeat(MAX_NESTING / 2 - 3)}${']}'.repeat(MAX_NESTING / 2 - 3)}`;
    const body = JSON.stringify(reviewOf('DEEP', UID)).replace('"DEEP"', deepest);
    expect(readReview(Buffer.from(body)).ok).toBe(true);
  });
});

test.each([
  ['/validate?timeout=3s', 2800],
  ['/validate?timeout=10s', 9800],
  ['/validate?timeout=500ms', 300],
  ['/validate?timeout=100ms', 0],
  ['/validate?timeout=1h', 29_800],
  ['/validate', 2800],
  ['/validate?timeout=soon', 2800],
  ['/validate?timeout=1s&timeout=2s', 800],
])('decisionTime %s is %i ms', (url, ms) => {
  expect(decisionTime(url)).toBe(ms);
});
