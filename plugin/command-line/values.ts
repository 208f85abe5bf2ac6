import { MaintError, parseDuration, renderProblem, MAX_TEXT } from '../../shared/index.ts';

/** Longest span a timer can wait, in milliseconds (2^31 - 1, 24.8 days): Node's setTimeout fires at once beyond. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A duration flag in milliseconds. Without a unit nobody knows what is meant: `--for 2` is hours to who types it. */
export function durationFlag(text: string, flag: string): number {
  const result = parseDuration(text, flag);
  if (!result.ok) throw new MaintError('usage', result.problems.map(renderProblem).join('; '));
  return result.value;
}

/** A duration that something waits for: 0 = no limit. */
export function timeoutFlag(text: string, flag: string): number {
  const ms = durationFlag(text, flag);
  if (ms > LONGEST_TIMER_MS)
    throw new MaintError('usage', `${flag}: ${text} is longer than 24 days: use 0 for no limit`);
  return ms;
}

/** kubectl's --request-timeout in milliseconds, of whose values alone a plain number is seconds. */
export function requestTimeoutFlag(text: string, flag: string): number {
  return timeoutFlag(/^\d+$/.test(text) ? `${text}s` : text, flag);
}

/** A whole number. */
export function integerFlag(text: string, flag: string): number {
  if (!/^-?\d{1,9}$/.test(text)) throw new MaintError('usage', `${flag}: "${text}" is not a whole number`);
  return Number(text);
}

/** A whole number that is not negative. */
export function countFlag(text: string, flag: string): number {
  const number = integerFlag(text, flag);
  if (number < 0) throw new MaintError('usage', `${flag}: "${text}" is less than 0`);
  return number;
}

/** Free text for the record: one that everybody can read in one go. */
export function textFlag(text: string, flag: string): string {
  if (text.trim() === '') throw new MaintError('usage', `${flag} is empty`);
  if (text.length > MAX_TEXT)
    throw new MaintError('usage', `${flag} has ${text.length} characters; ${MAX_TEXT} is the most`);
  return text;
}

/** A moment in RFC 3339 that is still to come is not checked here: the clock belongs to whoever carries the command out. */
export function momentFlag(text: string, flag: string): string {
  const time = Date.parse(text);
  if (!/^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:\d{2})$/.test(text) || Number.isNaN(time)) {
    throw new MaintError(
      'usage',
      `${flag}: "${text}" is not a time: write it like 2026-01-31T06:00:00Z, or use --for 2h`,
    );
  }
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
