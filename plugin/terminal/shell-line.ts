/** Words that a POSIX shell takes as they are, wherever they stand after a program's name. */
const PLAIN = /^[\w@%+./-][\w@%+=:,./-]*$/;

/** Words as one line that a POSIX shell reads as exactly these words. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
