const BLANKS = /\s*/y;
/** A piece of a word as a POSIX shell reads it: bare, one escaped character, in single or in double quotes. */
const PIECE = /([^\s'"\\]+)|\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)"/sy;

/** A line as the words that a shell hands to a program, without any expansion; undefined where a quote does not end. */
export function shellWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  const end = line.trimEnd().length;
  for (let at = matchLength(BLANKS, line, 0); at < end; at += matchLength(BLANKS, line, at)) {
    let word = '';
    while (at < end && !/\s/.test(line.charAt(at))) {
      PIECE.lastIndex = at;
      const match = PIECE.exec(line);
      if (match === null) return undefined;
      const [whole, bare, escaped, single, double] = match;
      word += bare ?? escaped ?? single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? '';
      at += whole.length;
    }
    words.push(word);
  }
  return words;
}

function matchLength(form: RegExp, text: string, at: number): number {
  form.lastIndex = at;
  return form.exec(text)?.[0].length ?? 0;
}
