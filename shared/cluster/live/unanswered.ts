import type { Pace } from './pace.ts';

/** A request that the server owes a sign of life. */
export interface Owed {
  /** It owes one from now on: the request is sent, or a part of the answer has come. */
  since(): void;
  /** The answer is there, or nobody waits for it any more. */
  over(): void;
}

/** The requests that the server has not answered. */
export class Unanswered {
  readonly #pace: Pick<Pace, 'now'>;
  readonly #since = new Map<object, number>();

  constructor(pace: Pick<Pace, 'now'>) {
    this.#pace = pace;
  }

  /** A request that counts as soon as it is sent. */
  expect(): Owed {
    const request = {};
    return {
      since: () => {
        this.#since.set(request, this.#pace.now());
      },
      over: () => {
        this.#since.delete(request);
      },
    };
  }

  /** Milliseconds for which the request that waits longest has heard nothing; 0 where none waits. */
  longestMs(): number {
    return this.#since.size === 0 ? 0 : this.#pace.now() - Math.min(...this.#since.values());
  }
}
