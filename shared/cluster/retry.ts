import { ClusterRefusal, MaintError } from '../errors.ts';
import { numberAt } from '../facts/json.ts';
import type { ApiAnswer } from './ports.ts';

/** Pauses after failures in a row: the first one, doubled after each further failure until it is the longest. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
  /** By which part a pause may be longer by chance, so that many callers do not come back together; 1: up to twice as long. */
  readonly jitter: number;
}

/** Milliseconds to wait after so many failures in a row (1 and more); `random` is at least 0 and less than 1. */
export function pauseAfter(failures: number, { firstMs, longestMs, jitter }: BackOff, random: number): number {
  return Math.min(longestMs, firstMs * 2 ** (failures - 1)) * (1 + jitter * random);
}

/**
 * Milliseconds after which an overloaded API server, or a proxy before it, wants to be asked again: the header Retry-After,
 * or what stands in the Status. Undefined where neither says so, or says it as a date.
 */
export function retryAfterMs({ headers, body }: Pick<ApiAnswer, 'headers' | 'body'>): number | undefined {
  const seconds = Number(headers['retry-after'] ?? numberAt(body, 'details', 'retryAfterSeconds'));
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** Whether a failure may pass by itself: the API server was overloaded (429), failed (5xx), or did not answer. */
export function isPassing(thrown: unknown): boolean {
  if (thrown instanceof ClusterRefusal) return thrown.status === 429 || thrown.status >= 500;
  return thrown instanceof MaintError && thrown.code === 'cluster';
}

/** What is tried again: milliseconds to wait after so many tries (1 and more); undefined: that is the last word. */
export interface Again<T> {
  readonly answered?: (answer: T, tries: number) => number | undefined;
  readonly failed?: (thrown: unknown, tries: number) => number | undefined;
}

/**
 * Does something until what comes of it is the last word; returns or throws that. Only what may be done twice is safe
 * here: reads, and writes that hold a precondition.
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  { answered, failed }: Again<T>,
  sleep: (ms: number) => Promise<void>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    let pause: number | undefined;
    try {
      const answer = await attempt();
      pause = answered?.(answer, tries);
      if (pause === undefined) return answer;
    } catch (thrown) {
      pause = failed?.(thrown, tries);
      if (pause === undefined) throw thrown;
    }
    if (pause > 0) await sleep(pause);
  }
}
