import { parsed, refused, type Parsed } from './problem.ts';

/** Milliseconds per unit of a Go duration (Go time.ParseDuration), and `d`, which Go lacks and people write. */
const UNIT_MS = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** A duration as it is written, `0` included. */
export const DURATION = /^(?:0|(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+)$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

/** Parses `90s`, `1h30m`, `1.5h`, `2d` or `0` into milliseconds. kubectl's durations (Go) and days. */
export function parseDuration(text: string, path = ''): Parsed<number> {
  if (text === '0') return parsed(0);
  if (!DURATION.test(text)) {
    return refused({ path, message: `"${text}" is not a duration: write it like 30s, 10m, 1h30m or 2d` });
  }
  let total = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(PART)) total += Number(amount) * (UNIT_MS.get(unit) ?? 0);
  return parsed(Math.round(total));
}

/**
 * An age or a span as kubectl writes it: `12s`, `3m20s`, `47m`, `5h12m`, `26h`, `3d4h`, `41d`
 * (k8s apimachinery/pkg/util/duration HumanDuration). Negative spans read `0s`.
 */
export function renderDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60 * 2) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's');
  if (minutes < 60 * 3) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  return hours < 24 * 8 ? withRest(days, 'd', hours % 24, 'h') : `${days}d`;
}

/** So much as is left of a time, rounded up to whole seconds: never `0s` while there is any. */
export function renderLeft(ms: number): string {
  return renderDuration(Math.ceil(ms / 1000) * 1000);
}

/** When something ends or was to end, in so many ms: `in 2h`, `overdue 5m`. */
export function renderEnd(leftMs: number): string {
  return leftMs < 0 ? `overdue ${renderDuration(-leftMs)}` : `in ${renderDuration(leftMs)}`;
}

function withRest(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;
}
