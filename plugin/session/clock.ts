import type { Cluster } from '../../shared/index.ts';

/** Time as the plugin sees it; tests hand in their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after some milliseconds, or at once when the signal aborts; it never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The longest time that a timer of Node counts, in milliseconds (24.8 days); longer ones fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0 && !signal.aborted; left -= LONGEST_TIMER_MS) {
      await timer(Math.min(left, LONGEST_TIMER_MS), signal);
    }
  },
};

function timer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(started);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const started = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/**
 * The API server's clock: what is written into records and compared with what others wrote goes by one clock for all,
 * because a machine whose own is fast would take what is still valid for past.
 */
export function clockOf(cluster: Pick<Cluster, 'clockAheadMs'>): Clock {
  return {
    now: () => systemClock.now() + cluster.clockAheadMs(),
    sleep: (ms, signal) => systemClock.sleep(ms, signal),
  };
}

/** A moment as Kubernetes writes it: RFC 3339 in UTC, whole seconds. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
