import { DateTime } from 'luxon';
import { isOpenAt, type Window } from './window.ts';

const MINUTE_MS = 60_000;
/**
 * How far is looked for the next opening, in minutes: two weeks and a day. A weekly window may fall into the hour that a
 * change of the clocks leaves out, and then a week passes without it.
 */
const AHEAD = 15 * 24 * 60;

/**
 * Windows by the clocks on the wall, read minute by minute: what is open is what the clocks show, whatever is changed there.
 * An hour that is left out in spring is in no window, one that comes twice in autumn counts twice, and between the two a
 * window may be closed. No zone has changed its clocks by less than a minute since 1972.
 */
export class Windows {
  readonly #windows: readonly Window[];

  constructor(windows: readonly Window[]) {
    this.#windows = windows;
  }

  /** Whether something that begins at this moment (ms since the epoch) and takes so long (ms) is over while they are open. */
  fits(now: number, tookMs: number): boolean {
    return this.#firstClosed(now, tookMs) === undefined;
  }

  /** The first moment from now on at which it fits; undefined where there is none. */
  nextFit(now: number, tookMs: number): number | undefined {
    const end = now + AHEAD * MINUTE_MS;
    let at = now;
    while (at < end) {
      const closed = this.#firstClosed(at, tookMs);
      if (closed === undefined) return at;
      at = nextMinute(closed);
    }
    return undefined;
  }

  /** The first moment of its time at which something would be outside. */
  #firstClosed(begin: number, tookMs: number): number | undefined {
    for (let at = begin; at === begin || at < begin + tookMs; at = nextMinute(at)) if (!this.#isOpen(at)) return at;
    return undefined;
  }

  #isOpen(at: number): boolean {
    return this.#windows.some((window) => {
      const { weekday, hour, minute } = DateTime.fromMillis(at, { zone: window.zone });
      return isOpenAt(window, { weekday, minutes: hour * 60 + minute });
    });
  }
}

/** All zones change their clocks, and all windows begin and end, at whole minutes. */
function nextMinute(at: number): number {
  return (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS;
}

/** A moment as the clocks of a zone show it: `Sun 2026-12-06 02:00 UTC+1`. */
export function onTheWall(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone, locale: 'en' }).toFormat('ccc yyyy-MM-dd HH:mm ZZZZ');
}
