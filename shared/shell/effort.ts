/**
 * Most characters of the scripts of one object that are read, what variables stand for included: 40 ms at 4 MB/s, which
 * is the slowest that we have measured (nothing but substitutions). The longest script that we have seen has 12,000.
 */
export const MAX_CHARACTERS = 150_000;
/** Most words of one object that are looked at: at eight characters each, as many as the characters hold. */
export const MAX_WORDS = 20_000;
/**
 * Most wrappers around one program, and most scripts and quotes within one another. Each level is read once more than the
 * one around it, so that the work is at most this many times the characters. `tini -- sudo -u a sh -c "env b"` has five.
 */
export const MAX_DEPTH = 24;

/** What may still be read of one object. Once it is spent `Inspection.isWhole` is false, and the rule's answer to what is not known applies. */
export class Effort {
  #characters = MAX_CHARACTERS;
  #words = MAX_WORDS;
  #isSpent = false;

  /** Whether something was left unread. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Whether a text may be read. */
  read(text: string): boolean {
    this.#characters -= text.length;
    return this.#characters >= 0 || this.stop();
  }

  /** Whether one more word may be looked at. */
  look(): boolean {
    this.#words -= 1;
    return this.#words >= 0 || this.stop();
  }

  /** Whether so many levels are still followed. */
  follow(depth: number): boolean {
    return depth <= MAX_DEPTH || this.stop();
  }

  /** Something is left unread. */
  stop(): false {
    this.#isSpent = true;
    return false;
  }
}
