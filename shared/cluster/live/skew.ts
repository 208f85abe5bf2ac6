import type { Pace } from './pace.ts';

/**
 * Milliseconds by which a Date header may differ from the clock of this machine and mean nothing: it has whole seconds,
 * and its answer was some time on the way.
 */
const TOLERANCE_MS = 3000;

/** How far the clock of a server is ahead of this machine's, by the Date headers of its answers. */
export class Skew {
  readonly #pace: Pick<Pace, 'wallClock'>;
  #aheadMs = 0;

  constructor(pace: Pick<Pace, 'wallClock'>) {
    this.#pace = pace;
  }

  /** An answer has come, with this Date header. */
  learn(date: string | undefined): void {
    const there = Date.parse(date ?? '');
    if (Number.isNaN(there)) return;
    const ahead = there - this.#pace.wallClock();
    // What differs little from what is known would only make time jump.
    if (Math.abs(ahead - this.#aheadMs) > TOLERANCE_MS) this.#aheadMs = ahead;
  }

  /** Negative where the server is behind; 0 before the first answer, and where the clocks agree. */
  get aheadMs(): number {
    return this.#aheadMs;
  }
}
