/**
 * Limits of what is under way at once. Over them a call is sent back with Retry-After, which the API server follows
 * within the webhook's timeout, instead of making every call slow. Only what has arrived counts: whoever announces much
 * and sends nothing takes no room from others.
 */

/** Largest body: two objects (new and old) of at most 3 MiB each (apiserver MaxRequestBodyBytes), 1 MiB around them. */
export const MAX_BODY_BYTES = (2 * 3 + 1) * 1024 * 1024;
/** Calls that are decided at once: as many as an API server lets mutate at once (--max-mutating-requests-inflight, 200). */
const MAX_IN_FLIGHT = 200;
/**
 * Bytes under way: 8 of the largest bodies. The piece that each is taken in may be twice as large (see body.ts), and its texts
 * and at most MAX_PARTS parts (see extent.ts) are as much again: 56 MiB are at most 250 MiB, which still fit a pod.
 */
export const MAX_IN_FLIGHT_BYTES = 8 * MAX_BODY_BYTES;
/** How long a call that was sent back is remembered, in ms: three periods of the readiness probe of the chart, 3 s each. */
const REMEMBERED_MS = 10_000;

/** A body on its way. */
export interface Arrival {
  /** Counts bytes that have arrived; false where there is no room for them, and the body has to be given up. */
  take(bytes: number): boolean;
  /** The body is here: lets the call in, and gives what ends it; undefined where there is no room for the call. */
  enter(): (() => void) | undefined;
  /** The body is given up. */
  leave(): void;
}

interface Counted {
  bytes: number;
  readonly giveWay: () => void;
}

/** Counts what is under way. */
export class Gate {
  readonly #maxCalls: number;
  /** The oldest first. */
  readonly #arriving = new Set<Counted>();
  #calls = 0;
  #bytes = 0;
  #sentBack: { readonly since: number; readonly last: number } | undefined;

  constructor(maxCalls = MAX_IN_FLIGHT) {
    this.#maxCalls = maxCalls;
  }

  get inFlight(): number {
    return this.#calls;
  }

  /** For how long every call was sent back, in ms, up to `now` (performance.now()); 0 where none was lately. */
  fullFor(now: number): number {
    const sent = this.#sentBack;
    return sent === undefined || now - sent.last > REMEMBERED_MS ? 0 : now - sent.since;
  }

  /**
   * Begins to take a body. Where room runs out, the body that has been on its way for longest gives way, and is told so: an
   * API server sends its bodies at once.
   */
  receive(giveWay: () => void): Arrival {
    const counted: Counted = { bytes: 0, giveWay };
    this.#arriving.add(counted);
    return {
      take: (bytes) => {
        counted.bytes += bytes;
        this.#bytes += bytes;
        return this.#makeRoomFor(counted);
      },
      enter: () => this.#enter(counted),
      leave: () => {
        this.#forget(counted);
      },
    };
  }

  #makeRoomFor(counted: Counted): boolean {
    for (const oldest of this.#arriving) {
      if (this.#bytes <= MAX_IN_FLIGHT_BYTES) break;
      if (oldest.bytes === 0) continue;
      this.#forget(oldest);
      this.#remember();
      if (oldest !== counted) oldest.giveWay();
    }
    return this.#arriving.has(counted);
  }

  #enter(counted: Counted): (() => void) | undefined {
    if (!this.#arriving.delete(counted)) return undefined;
    if (this.#calls >= this.#maxCalls) {
      this.#bytes -= counted.bytes;
      this.#remember();
      return undefined;
    }
    this.#sentBack = undefined;
    this.#calls += 1;
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#calls -= 1;
      this.#bytes -= counted.bytes;
    };
  }

  #forget(counted: Counted): void {
    if (this.#arriving.delete(counted)) this.#bytes -= counted.bytes;
  }

  #remember(): void {
    const now = performance.now();
    this.#sentBack = { since: now - this.fullFor(now), last: now };
  }
}
