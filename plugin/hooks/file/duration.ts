import * as z from 'zod/mini';
import { DURATION, parseDuration } from '../../../shared/index.ts';

/** A span of time as it is written. */
export const duration = z.string().check(
  z.regex(DURATION, 'is no duration: write it like 30s, 10m or 1h30m'),
  z.refine((text) => spanOf(text) !== 0, 'is no time at all'),
);

/** Its milliseconds. */
export function spanOf(text: string): number {
  const span = parseDuration(text);
  return span.ok ? span.value : NaN;
}
