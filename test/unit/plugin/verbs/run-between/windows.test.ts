import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { windowFlag } from '../../../../../plugin/verbs/run/between/window.ts';
import { onTheWall, Windows } from '../../../../../plugin/verbs/run/between/windows.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];

const windowsOf = (...texts: readonly string[]): Windows =>
  new Windows(texts.map((text) => windowFlag(text, '--window')));
const at = (text: string): number => Date.parse(text);
/** The moments of some hours at which it opens and closes, in UTC. */
const changesOf = (windows: Windows, from: string, hours: number): readonly string[] => {
  const changes: string[] = [];
  let isOpen = windows.fits(at(from), 0);
  for (let now = at(from) + MINUTE; now <= at(from) + hours * HOUR; now += MINUTE) {
    if (windows.fits(now, 0) === isOpen) continue;
    isOpen = !isOpen;
    changes.push(`${isOpen ? 'opens' : 'closes'} ${new Date(now).toISOString().slice(5, 16)}`);
  }
  return changes;
};

describe('what is written', () => {
  test.each<[string, string]>([
    ['02:00-06:00', 'is no window: days, times and a time zone are wanted'],
    ['sun 02:00 Europe/Paris', 'is no window: days, times and a time zone are wanted'],
    ['son 02:00-06:00 UTC', 'names a day that is none of mon, tue, wed, thu, fri, sat, sun'],
    ['mon-wed-fri 02:00-06:00 UTC', 'names a day that is none of mon, tue, wed, thu, fri, sat, sun'],
    ['sun 02:00-24:01 UTC', 'has a time that no clock shows'],
    ['sun 02:60-06:00 UTC', 'has a time that no clock shows'],
    ['sun 24:00-06:00 UTC', 'has a time that no clock shows'],
    ['sun 02:00-02:00 UTC', 'ends when it begins; all day is 00:00-24:00'],
    ['sun 02:00-06:00 Europe/Pari', 'names "Europe/Pari", which is no time zone like Europe/Paris or UTC'],
    ['sun 02:00-06:00 +01:00', 'names "+01:00", which is no time zone like Europe/Paris or UTC'],
  ])('%s is refused: it %s', (text, why) => {
    expect(() => windowFlag(text, '--window')).toThrow(`--window: "${text}" ${why}`);
  });

  test.each<[string, readonly number[], number, number]>([
    ['sun 02:00-06:00 UTC', [7], 120, 360],
    ['MON-fri 9:30-17:00 Europe/Paris', [1, 2, 3, 4, 5], 570, 1020],
    ['fri-mon,wed 22:00-04:00 UTC', [1, 3, 5, 6, 7], 1320, 240],
    ['00:00-24:00 UTC', [1, 2, 3, 4, 5, 6, 7], 0, 1440],
  ])('%s', (text, days, from, to) => {
    const window = windowFlag(text, '--window');
    expect({ ...window, days: [...window.days].sort() }).toMatchObject({ days, from, to });
  });
});

describe('when it is open', () => {
  test('across midnight it belongs to the day on which it begins', () => {
    const windows = windowsOf('fri 22:00-04:00 UTC');
    // 2026-12-04 is a Friday.
    expect(changesOf(windows, '2026-12-03T00:00Z', 72)).toEqual(['opens 12-04T22:00', 'closes 12-05T04:00']);
  });

  test('several are open one after the other, as one', () => {
    const windows = windowsOf('fri 20:00-24:00 UTC', 'sat 01:00-02:00 Europe/Paris');
    expect(changesOf(windows, '2026-12-04T00:00Z', 48)).toEqual(['opens 12-04T20:00', 'closes 12-05T01:00']);
    expect(windows.fits(at('2026-12-04T23:30Z'), HOUR)).toBe(true);
  });

  test('an hour that the clocks leave out in spring is in no window', () => {
    // In Paris 02:00 to 03:00 does not exist on 2026-03-29; 01:00 UTC is 03:00 there.
    expect(changesOf(windowsOf('sun 01:30-03:30 Europe/Paris'), '2026-03-28T12:00Z', 24)).toEqual([
      'opens 03-29T00:30',
      'closes 03-29T01:30',
    ]);
    expect(changesOf(windowsOf('sun 02:15-02:45 Europe/Paris'), '2026-03-28T12:00Z', 24)).toEqual([]);
    expect(windowsOf('sun 02:15-02:45 Europe/Paris').nextFit(at('2026-03-28T12:00Z'), 0)).toBe(at('2026-04-05T00:15Z'));
  });

  test('an hour that comes twice in autumn counts twice', () => {
    // In Paris 02:00 to 03:00 comes twice on 2026-10-25: at 00:00 and at 01:00 UTC.
    expect(changesOf(windowsOf('sun 02:00-03:00 Europe/Paris'), '2026-10-24T12:00Z', 24)).toEqual([
      'opens 10-25T00:00',
      'closes 10-25T02:00',
    ]);
    expect(changesOf(windowsOf('sun 01:30-02:30 Europe/Paris'), '2026-10-24T12:00Z', 24)).toEqual([
      'opens 10-24T23:30',
      'closes 10-25T00:30',
      'opens 10-25T01:00',
      'closes 10-25T01:30',
    ]);
  });

  test('a moment is shown as the clocks there show it', () => {
    expect(onTheWall(at('2026-12-06T01:00Z'), 'Europe/Paris')).toBe('Sun 2026-12-06 02:00 GMT+1');
  });
});

describe('whether a node fits', () => {
  const windows = windowsOf('sun 02:00-06:00 UTC');

  test.each<[string, number, boolean]>([
    ['2026-12-06T01:59:59Z', 0, false],
    ['2026-12-06T02:00:00Z', 0, true],
    ['2026-12-06T05:00:00Z', HOUR, true],
    ['2026-12-06T05:00:01Z', HOUR, false],
    ['2026-12-06T05:59:59Z', 0, true],
    ['2026-12-06T06:00:00Z', 0, false],
  ])('begun at %s, taking %i ms: %s', (begun, tookMs, fits) => {
    expect(windows.fits(at(begun), tookMs)).toBe(fits);
  });

  test('what takes longer than any window fits never', () => {
    expect(windows.nextFit(at('2026-12-01T00:00Z'), 4 * HOUR)).toBe(at('2026-12-06T02:00Z'));
    expect(windows.nextFit(at('2026-12-01T00:00Z'), 4 * HOUR + 1)).toBeUndefined();
  });
});

describe('in every zone, whatever its clocks do', () => {
  const zones = [
    'Europe/Paris',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Africa/Casablanca',
    'UTC',
  ];
  const DAY_NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  const time = fc.integer({ min: 0, max: 1439 });
  const written = fc
    .record({
      days: fc.subarray(DAY_NAMES, { minLength: 1 }),
      from: time,
      to: time,
      zone: fc.constantFrom(...zones),
    })
    .filter(({ from, to }) => from !== to);
  const textOf = ({ days, from, to, zone }: { days: string[]; from: number; to: number; zone: string }): string =>
    `${days.join(',')} ${pad(from)}-${pad(to)} ${zone}`;
  const pad = (minutes: number): string =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  const moment = fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2028-01-01T00:00Z') });
  const took = fc.integer({ min: 0, max: 6 * HOUR });

  /** What the clocks of a zone show, by the platform's own calendar: not by the library that is tested. */
  const shown = (now: number, zone: string): { readonly day: string; readonly time: string } => {
    const parts = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).formatToParts(now);
    const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
    return { day: part('weekday').toLowerCase(), time: `${part('hour')}:${part('minute')}` };
  };

  test('it is open exactly while the clocks show a time in it', () => {
    fc.assert(
      fc.property(written, moment, (one, now) => {
        const { day, time: clockTime } = shown(now, one.zone);
        const before = DAY_NAMES[(DAY_NAMES.indexOf(day) + 6) % 7] ?? '';
        const [from, to] = [pad(one.from), pad(one.to)];
        const expected =
          from < to
            ? one.days.includes(day) && clockTime >= from && clockTime < to
            : (one.days.includes(day) && clockTime >= from) || (one.days.includes(before) && clockTime < to);
        expect(windowsOf(textOf(one)).fits(now, 0)).toBe(expected);
      }),
    );
  });

  test('what fits is in the window from its first to its last minute', () => {
    fc.assert(
      fc.property(written, moment, took, fc.double({ min: 0, max: 1, noNaN: true }), (one, now, tookMs, part) => {
        const windows = windowsOf(textOf(one));
        fc.pre(windows.fits(now, tookMs));
        expect(windows.fits(now + Math.floor(Math.max(0, tookMs - 1) * part), 0)).toBe(true);
      }),
    );
  });

  test('the next moment at which it fits is the first one', () => {
    fc.assert(
      fc.property(written, moment, took, (one, now, tookMs) => {
        const windows = windowsOf(textOf(one));
        const next = windows.nextFit(now, tookMs) ?? NaN;
        fc.pre(!Number.isNaN(next));
        expect(windows.fits(next, tookMs)).toBe(true);
        if (next !== now) expect(windows.fits(next - 1, tookMs)).toBe(false);
        // None of the minutes before it would do.
        for (let at = now; at < next; at += 7 * MINUTE) expect(windows.fits(at, tookMs)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});
