import type { Placed } from './listing.ts';
import { isRowInMaintenance } from './node-view.ts';

/** One claim as a bar; places in percent of the line. */
export interface Bar {
  readonly cluster: string;
  readonly node: string;
  readonly owner: string;
  readonly reason: string;
  readonly since: string;
  readonly until: string | null;
  readonly isLate: boolean;
  readonly left: number;
  /** Up to the announced end, or to now where there is none. */
  readonly width: number;
  /** From the announced end to now, where that has passed. */
  readonly overdue: number;
}

export interface TimeLine {
  readonly bars: readonly Bar[];
  /** Where now is, in percent. */
  readonly now: number;
  readonly ticks: readonly { readonly at: number; readonly place: number }[];
  readonly from: number;
  readonly to: number;
}

/** A line has some future, even where nobody announced an end; in ms. */
const MARGIN_MS = 15 * 60_000;

/** Steps between ticks, in ms: five minutes to a week. */
const STEPS = [5, 15, 30, 60, 180, 360, 720, 1440, 2880, 10_080].map((minutes) => minutes * 60_000);
/** The longest label (`Nov 30, 09:00 PM`) takes 110 pixels, and seven of them the 820 of the narrowest line that has ticks. */
const MOST_TICKS = 7;
/** Of the line, at its end, where a label would be cut off: 110 of 820 pixels. */
const NO_TICKS = 0.14;

/** Every claim on one line of time, the one that ends first on top. Pure. */
export function timeLineOf(all: readonly Placed[], now: number): TimeLine {
  const claims = all
    .filter(({ row }) => isRowInMaintenance(row))
    .flatMap(({ cluster, row }) => row.claims.map((claim) => ({ cluster, node: row.name, ...claim })));
  const moments = claims
    .flatMap(({ since, until }) => [since, ...(until === undefined ? [] : [until])])
    .map(Date.parse);
  const from = Math.min(now, ...moments) - MARGIN_MS;
  const to = Math.max(now, ...moments) + MARGIN_MS;
  const place = (ms: number): number => ((ms - from) / (to - from)) * 100;
  const bars = claims.map((claim): Bar => {
    const end = claim.until === undefined ? undefined : Date.parse(claim.until);
    const isLate = end !== undefined && end < now;
    const left = place(Date.parse(claim.since));
    return {
      cluster: claim.cluster,
      node: claim.node,
      owner: claim.owner,
      reason: claim.reason ?? '',
      since: claim.since,
      until: claim.until ?? null,
      isLate,
      left,
      width: place(end ?? now) - left,
      overdue: isLate ? place(now) - place(end) : 0,
    };
  });
  return { bars: bars.sort(byEnd), now: place(now), ticks: ticksOf(from, to, place), from, to };
}

function byEnd(a: Bar, b: Bar): number {
  const end = ({ until }: Bar): number => (until === null ? Infinity : Date.parse(until));
  if (end(a) === end(b)) return a.node < b.node ? -1 : 1;
  return end(a) - end(b);
}

function ticksOf(from: number, to: number, place: (ms: number) => number): TimeLine['ticks'] {
  const step = STEPS.find((one) => (to - from) / one <= MOST_TICKS) ?? (to - from) / MOST_TICKS;
  const ticks = [];
  const last = to - (to - from) * NO_TICKS;
  for (let at = Math.ceil(from / step) * step; at < last; at += step) ticks.push({ at, place: place(at) });
  return ticks;
}
