import { messageOf, isForbidden } from '../../../shared/index.ts';
import type { Screen } from '../../terminal/screen.ts';

/** What could not be read: the rest is shown all the same, and one line says what is missing. */
export class Unreadable {
  readonly #signal: AbortSignal;
  readonly #rights = new Set<string>();
  readonly #failures = new Set<string>();
  readonly #told = new Set<string>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** The value, or undefined where it could not be read; `right` is what that takes, as `kubectl auth can-i` has it. */
  async tried<T>(right: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (thrown) {
      if (this.#signal.aborted) throw thrown;
      if (isForbidden(thrown)) this.#rights.add(right);
      else this.#failures.add(`could not ${right}: ${messageOf(thrown)}`);
      return undefined;
    }
  }

  /** Says what is missing since it was asked last, each once: a view that is shown anew does not read all of it anew. */
  tell(screen: Screen): void {
    const missing = this.#news(this.#rights);
    const rights = missing.length === 0 ? [] : [`no right to ${missing.join(', ')}`];
    const text = [...rights, ...this.#news(this.#failures)].join('; ');
    if (text !== '') screen.warn(`some of it is <unknown>: ${text}`);
  }

  #news(found: Set<string>): readonly string[] {
    const news = [...found].filter((one) => !this.#told.has(one)).sort();
    for (const one of news) this.#told.add(one);
    found.clear();
    return news;
  }
}
