import { MaintError } from '../../../../shared/index.ts';

/** When nodes may be begun: on these days, while the clocks of a zone show these times. */
export interface Window {
  /** As it was written. */
  readonly text: string;
  /** The days on which it begins: 1 is Monday, 7 is Sunday (ISO 8601). */
  readonly days: ReadonlySet<number>;
  /** Minutes since midnight. Where the end is not behind the beginning, it is the next day's. */
  readonly from: number;
  readonly to: number;
  /** A name of the IANA database of time zones. */
  readonly zone: string;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const FORM = /^(?:(?<days>\S+)\s+)?(?<from>\d{1,2}:\d{2})-(?<to>\d{1,2}:\d{2})\s+(?<zone>\S+)$/;
const HOW =
  'write it like "sun 02:00-06:00 Europe/Paris", "mon-fri,sun 22:00-04:00 UTC" or, for every day, "01:00-05:00 UTC"';

/** Reads a window. Throws MaintError('usage'). */
export function windowFlag(text: string, flag: string): Window {
  const read = readWindow(text);
  if (typeof read !== 'string') return read;
  throw new MaintError('usage', `${flag}: "${text}" ${read}`, { hint: HOW });
}

/** The window, or why it is none. */
function readWindow(text: string): Window | string {
  const parts = FORM.exec(text.trim())?.groups;
  if (parts === undefined) return 'is no window: days, times and a time zone are wanted';
  const { days: named = 'mon-sun', from = '', to = '', zone = '' } = parts;
  const [days, times] = [daysIn(named.toLowerCase()), timesOf(from, to)];
  if (days === undefined) return `names a day that is none of ${DAYS.join(', ')}`;
  if (typeof times === 'string') return times;
  if (!isZone(zone)) return `names "${zone}", which is no time zone like Europe/Paris or UTC`;
  return { text, days, ...times, zone };
}

function timesOf(begin: string, end: string): Pick<Window, 'from' | 'to'> | string {
  const [from, to] = [minutesOf(begin), minutesOf(end)];
  if (from === undefined || to === undefined || from === DAY) return 'has a time that no clock shows';
  return from === to ? 'ends when it begins; all day is 00:00-24:00' : { from, to };
}

/** Minutes of a day. */
const DAY = 24 * 60;

/** Lists and ranges, which may go over the end of the week: `fri-mon`. */
function daysIn(text: string): ReadonlySet<number> | undefined {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first = '', last = first, ...more] = part.split('-');
    const [begin, end] = [DAYS.indexOf(first), DAYS.indexOf(last)];
    if (begin === -1 || end === -1 || more.length > 0) return undefined;
    for (let day = begin; ; day = (day + 1) % DAYS.length) {
      days.add(day + 1);
      if (day === end) break;
    }
  }
  return days;
}

function minutesOf(time: string): number | undefined {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const all = hours * 60 + minutes;
  return minutes < 60 && all <= DAY ? all : undefined;
}

/** Names only: an offset (`+02:00`) would be wrong in half of the year. */
function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** What the clocks of a zone show. */
export interface WallTime {
  /** 1 is Monday. */
  readonly weekday: number;
  /** Since midnight. */
  readonly minutes: number;
}

/** Whether a window is open while the clocks of its zone show this. It is closed at its last minute's end. */
export function isOpenAt({ days, from, to }: Window, { weekday, minutes }: WallTime): boolean {
  if (from < to) return days.has(weekday) && minutes >= from && minutes < to;
  const dayBefore = weekday === 1 ? 7 : weekday - 1;
  return (days.has(weekday) && minutes >= from) || (days.has(dayBefore) && minutes < to);
}
