/** The longest time that a timer of Node counts, in milliseconds (24.8 days); longer ones fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What can end one request. */
export interface Limit {
  readonly signal: AbortSignal;
  /** Stops after so many milliseconds, counted from now: an earlier count is void. */
  after(ms: number, reason: () => unknown): void;
  /** Takes back timers and listeners; the request is over. */
  end(): void;
}

/** An abort signal of one request that follows the caller's and can be stopped for reasons of its own. */
export function limitFrom(outer: AbortSignal | undefined): Limit {
  const controller = new AbortController();
  const follow = (): void => {
    controller.abort(outer?.reason);
  };
  let timer: NodeJS.Timeout | undefined;
  if (outer?.aborted === true) follow();
  outer?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    after: (ms, reason) => {
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          controller.abort(reason());
        },
        Math.min(ms, LONGEST_TIMER_MS),
      );
    },
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', follow);
    },
  };
}
