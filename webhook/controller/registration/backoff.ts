import { pauseAfter, type BackOff } from '../../../shared/index.ts';

/** The first try after a failure comes after so long, in ms; after every further failure in a row twice as long. */
const RETRY_AFTER_MS = 1000;

/** Tries again what failed, soon at first and ever later. */
export class Backoff {
  readonly #task: () => void;
  readonly #backOff: BackOff;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(task: () => void, atMostMs: number) {
    this.#task = task;
    this.#backOff = { firstMs: RETRY_AFTER_MS, longestMs: atMostMs, jitter: 0 };
  }

  /** It failed. */
  failed(): void {
    this.#failures += 1;
    const afterMs = pauseAfter(this.#failures, this.#backOff, 0);
    this.end();
    this.#timer = setTimeout(this.#task, afterMs).unref();
  }

  /** It succeeded, or need not any more. */
  succeeded(): void {
    this.#failures = 0;
    this.end();
  }

  /** Tries no more until it fails again. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
