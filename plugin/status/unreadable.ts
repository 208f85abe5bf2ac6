import { ClusterRefusal, messageOf } from '../../shared/index.ts';
import type { Screen } from '../screen.ts';

/** What could not be read: the rest is shown all the same, and one line says what is missing. */
export class Unreadable {
  readonly #signal: AbortSignal;
  readonly #rights = new Set<string>();
  readonly #failures = new Set<string>();
  #told = '';

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** The value, or undefined where it could not be read; `right` is what that takes, as `kubectl auth can-i` has it. */
  async tried<T>(right: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (thrown) {
      if (this.#signal.aborted) throw thrown;
      if (thrown instanceof ClusterRefusal && thrown.status === 403) this.#rights.add(right);
      else this.#failures.add(`could not ${right}: ${messageOf(thrown)}`);
      return undefined;
    }
  }

  /** Says what is missing since it was asked last, once for the same. */
  tell(screen: Screen): void {
    const rights = this.#rights.size === 0 ? [] : [`no right to ${[...this.#rights].sort().join(', ')}`];
    const text = [...rights, ...[...this.#failures].sort()].join('; ');
    this.#rights.clear();
    this.#failures.clear();
    if (text === this.#told) return;
    this.#told = text;
    if (text !== '') screen.warn(`some of it is <unknown>: ${text}`);
  }
}
