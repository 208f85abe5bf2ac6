/**
 * Most characters of the scripts of one object that are read, what variables stand for included. The longest script that we
 * have seen has 12,000; six times as many take 20 ms at 4 MB/s, which is the slowest that we have measured.
 */
export const MAX_CHARACTERS = 75_000;
/**
 * Most words of one object that are looked at: five times as many as the longest script that we have seen. Names of
 * variables and mounts are among them, and the words in these; forty containers with fifty variables each have 8,000.
 */
export const MAX_WORDS = 10_000;
/** Most programs that one object runs, each of which is compared with the whole catalogue: ten times the most that we have seen. */
export const MAX_PROGRAMS = 4000;
/** Longest word that a system runs anything with (Linux MAX_ARG_STRLEN): a longer one starts nothing. */
export const MAX_WORD = 128 * 1024;
/** Most characters of all these words: four of the longest. All that Linux hands to one program are at most 2 MiB. */
const MAX_TEXT = 4 * MAX_WORD;
/**
 * Most wrappers around one program, and most scripts and quotes within one another. Each level is read once more than the
 * one around it, so that the work is at most this many times the characters. `tini -- sudo -u a sh -c "env b"` has five.
 */
export const MAX_DEPTH = 24;

/** What may still be read of one object. Once it is spent `Inspection.isWhole` is false, and the rule's answer to what is not known applies. */
export class Effort {
  #characters = MAX_CHARACTERS;
  #words = MAX_WORDS;
  #programs = MAX_PROGRAMS;
  #text = MAX_TEXT;
  #isSpent = false;

  /** Whether something was left unread. */
  get isSpent(): boolean {
    return this.#isSpent;
  }

  /** Counts a text that is to be read; whether it still may be. */
  spendText(text: string): boolean {
    this.#characters -= text.length;
    return this.#characters >= 0 || this.#giveUp();
  }

  /** Counts a word that is to be looked at; whether it still may be. */
  spendWord(): boolean {
    this.#words -= 1;
    return this.#words >= 0 || this.#giveUp();
  }

  /** Counts a program that is to be looked at; whether it still may be. */
  spendProgram(): boolean {
    this.#programs -= 1;
    return this.#programs >= 0 || this.#giveUp();
  }

  /** Counts some words; gives back as many of them, from the first on, as still may be looked at. */
  spendWords(words: Iterable<string>): readonly string[] {
    const taken: string[] = [];
    for (const word of words) {
      this.#text -= word.length;
      if (word.length > MAX_WORD || this.#text < 0 || !this.spendWord()) {
        this.#giveUp();
        break;
      }
      taken.push(word);
    }
    return taken;
  }

  /** Whether what stands so many levels deep is still followed. */
  isWithin(depth: number): boolean {
    return depth <= MAX_DEPTH || this.#giveUp();
  }

  /** Something is left unread. */
  #giveUp(): false {
    this.#isSpent = true;
    return false;
  }
}
