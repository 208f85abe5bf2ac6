import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogCursor } from '../../../../plugin/logs/log-cursor.ts';

interface Line {
  /** Seconds and nanoseconds of its timestamp. */
  readonly s: number;
  readonly ns: number;
  readonly text: string;
}

const stampOf = ({ s, ns }: Line): string =>
  `2026-11-29T10:00:${String(s).padStart(2, '0')}.${String(ns).padStart(9, '0')}Z`;

/** A log as the kubelet gives it from a moment on, of which the API server has kept the seconds alone. */
function logSince(lines: readonly Line[], since: string | undefined): Buffer {
  const from = since === undefined ? '' : `${since.slice(0, 19)}.000000000Z`;
  return Buffer.from(
    lines
      .filter((line) => stampOf(line) >= from)
      .map((line) => `${stampOf(line)} ${line.text}\n`)
      .join(''),
  );
}

describe('a log that is read again and again from where it broke off', () => {
  test('comes once and whole, wherever it broke off, though lines share a moment', () => {
    const line = fc.record({
      s: fc.integer({ min: 0, max: 3 }),
      ns: fc.constantFrom(0, 1, 999_999_999),
      text: fc.string({ unit: fc.constantFrom('a', ' ', 'ü', '2', ':'), maxLength: 12 }),
    });
    const cuts = fc.array(fc.nat(200), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), cuts, fc.integer({ min: 1, max: 40 }), (some, breaks, size) => {
        const lines = some.toSorted((a, b) => a.s - b.s || a.ns - b.ns);
        const cursor = new LogCursor();
        const got: Buffer[] = [];
        for (const stop of [...breaks, Infinity]) {
          const { since } = cursor;
          cursor.reopened();
          const bytes = logSince(lines, since).subarray(0, stop);
          for (let at = 0; at < bytes.length; at += size) got.push(cursor.take(bytes.subarray(at, at + size)));
        }
        expect(Buffer.concat(got).toString()).toBe(lines.map(({ text }) => `${text}\n`).join(''));
      }),
      { numRuns: 500 },
    );
  });

  test('what the kubelet says without a timestamp is none of it, is kept until the log is opened again, and moves nothing', () => {
    const cursor = new LogCursor();
    const first = cursor.take(Buffer.from('2026-11-29T10:00:01.000000001Z one\nfailed to watch the log\n'));
    expect(first.toString()).toBe('one\n');
    expect(cursor.foreign).toBe('failed to watch the log');
    expect(cursor.since).toBe('2026-11-29T10:00:01.000000001Z');
    cursor.reopened();
    expect(cursor.foreign).toBe('');
    const again = '2026-11-29T10:00:01.000000001Z one\n2026-11-29T11:00:01.5+01:00 two\n';
    expect(cursor.take(Buffer.from(again)).toString()).toBe('two\n');
  });

  test('bytes stay as they are, and a line without an end comes at once', () => {
    const cursor = new LogCursor();
    const line = Buffer.concat([Buffer.from('2026-11-29T10:00:01.000000001Z '), Buffer.from([0xff, 0x00, 0x41])]);
    expect(cursor.take(line)).toEqual(Buffer.from([0xff, 0x00, 0x41]));
    expect(cursor.take(Buffer.from('B\n'))).toEqual(Buffer.from('B\n'));
  });
});
