import { useEffect } from 'preact/hooks';

/**
 * Reads at once and then again and again, so many ms after the last answer; not while nobody sees the page. `when`: what makes
 * it begin anew. What is read takes its own failures.
 */
export function useAgain(read: () => Promise<void>, everyMs: number, when: readonly unknown[]): void {
  useEffect(() => {
    const over = new AbortController();
    void readAgain(read, everyMs, over.signal);
    return () => {
      over.abort();
    };
  }, when);
}

async function readAgain(read: () => Promise<void>, everyMs: number, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await read();
    await new Promise((resolve) => {
      setTimeout(resolve, everyMs);
    });
    if (document.hidden)
      await new Promise((resolve) => {
        document.addEventListener('visibilitychange', resolve, { once: true });
      });
  }
}
