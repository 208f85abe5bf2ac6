import type { Clock } from '../../session/clock.ts';

/** What was read is good for a while: a view that is shown anew several times a second does not read as often. */
export class Remembered<T> {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #forMs: number;
  readonly #read = new Map<string, { readonly at: number; readonly value: Promise<T> }>();

  constructor(clock: Pick<Clock, 'now'>, forMs: number) {
    this.#clock = clock;
    this.#forMs = forMs;
  }

  /** The value that was read by this name a moment ago, or what reading gives now. */
  get(name: string, read: () => Promise<T>): Promise<T> {
    const now = this.#clock.now();
    for (const [known, { at }] of this.#read) if (now - at >= this.#forMs) this.#read.delete(known);
    const entry = this.#read.get(name) ?? { at: now, value: read() };
    this.#read.set(name, entry);
    return entry.value;
  }
}
