import { pauseAfter, type BackOff } from '../../shared/index.ts';
import { OneAtATime } from '../one-at-a-time.ts';

/** The first try after a failure comes after so long, in ms; after every further failure in a row twice as long. */
const RETRY_AFTER_MS = 1000;

/**
 * Puts something right: when asked to, every so often, and again after a failure, soon at first and ever later. One look at
 * a time; none once it is over, whatever the one under way comes to then.
 */
export class ReconcileLoop {
  readonly #looking: OneAtATime;
  readonly #everyMs: number;
  readonly #backOff: BackOff;
  #failures = 0;
  #again: NodeJS.Timeout | undefined;
  #isOver = false;

  /** `reconcile` tells whether all is right now; it never rejects. `everyMs` is also the longest pause after failures. */
  constructor(reconcile: () => Promise<boolean>, everyMs: number) {
    this.#everyMs = everyMs;
    this.#backOff = { firstMs: RETRY_AFTER_MS, longestMs: everyMs, jitter: 0 };
    this.#looking = new OneAtATime(async () => {
      if (!this.#isOver) this.#ended(await reconcile());
    });
  }

  /** Looks now, and once more where it looks already. */
  check(): void {
    if (!this.#isOver) void this.#looking.run();
  }

  /** Looks every so often until what is followed has ended, and never after. */
  async during(following: Promise<void>): Promise<void> {
    const ticker = setInterval(() => {
      this.check();
    }, this.#everyMs).unref();
    await following;
    clearInterval(ticker);
    clearTimeout(this.#again);
    this.#isOver = true;
  }

  #ended(isRight: boolean): void {
    clearTimeout(this.#again);
    this.#failures = isRight ? 0 : this.#failures + 1;
    if (isRight || this.#isOver) return;
    this.#again = setTimeout(
      () => {
        this.check();
      },
      pauseAfter(this.#failures, this.#backOff, 0),
    ).unref();
  }
}
