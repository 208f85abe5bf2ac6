/** Those who wait for the next time that something happens. */
export class Waiters {
  readonly #waiting = new Set<() => void>();

  /** It happened: everyone who waits goes on. */
  wake(): void {
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

/** Resolves with the first of some waits, or when the signal aborts; the others end with it. */
export async function firstOf(
  waits: readonly ((until: AbortSignal) => Promise<unknown>)[],
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  await Promise.race(waits.map((wait) => wait(until)));
  over.abort();
}
