/** An answer that took longer than this means a server that is busy, in ms; an eviction takes tens. */
const SLOW_MS = 2000;
/** A burst of complaints counts once per so many ms: they are all about the same moment. */
const HALVE_AT_MOST_EVERY_MS = 1000;

/**
 * Lets at most so many tasks run at once; the rest wait in the order in which they came. How many follows the server:
 * half as many when it says that it is too busy, one less when it is slow, and one more after each round of quick
 * answers, up to where it began (additive increase, multiplicative decrease, as TCP does).
 */
export class Limiter {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #limit: number;
  #running = 0;
  #halvedAt = -Infinity;

  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  /** How many may run at once now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Runs a task as soon as there is room. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running >= this.limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await task();
    } finally {
      this.#running -= 1;
      this.#letIn();
    }
  }

  /** An answer came: after how long, at which moment (both in ms), and whether the server said that it is too busy. */
  heard(tookMs: number, now: number, tooBusy: boolean): void {
    if (tooBusy) this.#halve(now);
    else if (tookMs > SLOW_MS) this.#limit = Math.max(1, this.#limit - 1);
    else this.#limit = Math.min(this.#most, this.#limit + 1 / this.#limit);
    this.#letIn();
  }

  #halve(now: number): void {
    if (now - this.#halvedAt < HALVE_AT_MOST_EVERY_MS) return;
    this.#halvedAt = now;
    this.#limit = Math.max(1, this.#limit / 2);
  }

  #letIn(): void {
    while (this.#running < this.limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running += 1;
      next();
    }
  }
}
