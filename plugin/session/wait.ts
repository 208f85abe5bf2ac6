import type { Clock } from './clock.ts';

/** By what a wait goes: its clock, and the signal that ends it. */
export interface WaitPorts {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly signal: AbortSignal;
}

/** Tells everyone who waits that something happened. */
export class Notifier {
  readonly #waiting = new Set<() => void>();

  /** It happened: everyone who waits goes on. */
  notify(): void {
    for (const goOn of this.#waiting) goOn();
  }

  /** Resolves the next time that it happens, or when the signal aborts; it never rejects. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

/** Something to wait for; it resolves when the signal aborts, too. */
export type Wait = (signal: AbortSignal) => Promise<unknown>;

/** Resolves when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Notifier().next(signal);
}

/** Resolves with the first of some waits, or when the signal aborts; the others end with it. */
export async function firstOf(waits: readonly Wait[], signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  // Where there is nothing to wait for, the signal's end is all that can come.
  await Promise.race([untilAborted(stop), ...waits.map((wait) => wait(stop))]);
  over.abort();
}

/** How something is looked at until it is as it should be. */
export interface Polling<T> {
  readonly everyMs: number;
  /** Whether what was seen is what is waited for. */
  readonly isDone: (seen: T) => boolean;
  /** Milliseconds after which what is seen is taken as it is; left out: until the signal aborts. */
  readonly withinMs?: number;
  /** Hears what was seen whenever it is not enough yet. */
  readonly tell?: (seen: T) => void;
  /** News after which is looked at once. */
  readonly news?: Wait;
}

/** Looks again and again; resolves with what was seen last: what is waited for, unless the time is over or the signal aborts. */
export async function pollUntil<T>(
  look: () => Promise<T>,
  { everyMs, isDone, withinMs = Infinity, tell, news }: Polling<T>,
  { clock, signal }: WaitPorts,
): Promise<T> {
  const end = clock.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (isDone(seen) || clock.now() >= end) return seen;
    tell?.(seen);
    await firstOf([(stop) => clock.sleep(everyMs, stop), ...(news === undefined ? [] : [news])], signal);
    if (signal.aborted) return seen;
  }
}

/** Does something again and again until the signal aborts, for the first time after one interval. */
export async function repeat(
  everyMs: number,
  task: () => Promise<void> | void,
  { clock, signal }: { readonly clock: Pick<Clock, 'sleep'>; readonly signal: AbortSignal },
): Promise<void> {
  for (;;) {
    await clock.sleep(everyMs, signal);
    if (signal.aborted) return;
    await task();
  }
}
