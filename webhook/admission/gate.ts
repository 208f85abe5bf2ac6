/**
 * Limits of what is under way at once. Over them a call is sent back with Retry-After, which the API server follows
 * within the webhook's timeout, instead of making every call slow.
 */

/** Largest body: two objects (new and old) of at most 3 MiB each (apiserver MaxRequestBodyBytes), 1 MiB around them. */
export const MAX_BODY_BYTES = (2 * 3 + 1) * 1024 * 1024;
/** Calls under way: as many as an API server lets mutate at once (--max-mutating-requests-inflight, 200). */
const MAX_IN_FLIGHT = 200;
/** Announced bytes under way: 8 of the largest; parsed they take some 5 times as much, and 300 MiB still fit a pod. */
export const MAX_IN_FLIGHT_BYTES = 8 * MAX_BODY_BYTES;

/** Counts the calls under way. */
export class Gate {
  readonly #maxCalls: number;
  #calls = 0;
  #bytes = 0;

  constructor(maxCalls = MAX_IN_FLIGHT) {
    this.#maxCalls = maxCalls;
  }

  get inFlight(): number {
    return this.#calls;
  }

  /** Lets a call of that many bytes in, and gives what ends it; undefined where there is no room. */
  enter(bytes: number): (() => void) | undefined {
    if (this.#calls >= this.#maxCalls || this.#bytes + bytes > MAX_IN_FLIGHT_BYTES) return undefined;
    this.#calls += 1;
    this.#bytes += bytes;
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#calls -= 1;
      this.#bytes -= bytes;
    };
  }
}
