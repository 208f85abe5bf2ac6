import { setTimeout as delay } from 'node:timers/promises';

/** Clock, chance and waiting, handed in so that tests need not wait. */
export interface Pace {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Milliseconds since 1970, for comparing with timestamps of others. */
  wallClock(): number;
  /** At least 0, less than 1. */
  random(): number;
  /** Rejects as soon as the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The real thing. */
export const realPace: Pace = {
  now: () => performance.now(),
  wallClock: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};
