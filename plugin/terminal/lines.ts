import { StringDecoder } from 'node:string_decoder';

/** Longest line in one piece, in characters: what a node holds back is at most twice that, 32 KiB with both streams. */
export const MAX_LINE = 8192;

/** A line ends with LF, CR LF, or a CR of its own (a progress bar); a CR at the very end may be half of a CR LF. */
const LINE_END = /\r\n|\n|\r(?!$)/;

/** Breaks a stream of bytes into lines. What is no UTF-8 becomes U+FFFD; a line that is too long comes in pieces. */
export class LineBreaker {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  /** The lines that are whole now. */
  push(bytes: Buffer): readonly string[] {
    const lines = (this.#rest + this.#decoder.write(bytes)).split(LINE_END);
    const rest = pieces(lines.pop() ?? '');
    this.#rest = rest.pop() ?? '';
    return [...lines.flatMap(pieces), ...rest];
  }

  /** What is held back though no line end came yet: a question that waits for an answer. */
  flush(): readonly string[] {
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? [] : [rest.replace(/\r$/, '')];
  }

  /** What is left at the end, though no line end followed. */
  end(): readonly string[] {
    const rest = (this.#rest + this.#decoder.end()).replace(/\r$/, '');
    this.#rest = '';
    return rest === '' ? [] : pieces(rest);
  }
}

function pieces(line: string): string[] {
  const found: string[] = [];
  let rest = line;
  while (rest.length > MAX_LINE) {
    // A cut through a surrogate pair would leave half a character.
    const end = /\p{Cs}$/u.test(rest.slice(0, MAX_LINE)) ? MAX_LINE - 1 : MAX_LINE;
    found.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...found, rest];
}

/** A control character, with what makes a colour (ECMA-48 SGR) of an escape. */
const CONTROL = /\p{Cc}(?:\[[\d;:]*m)?/gu;
const ESCAPE = '\u001B';
const RESET = `${ESCAPE}[0m`;

/**
 * A line of a program for the screen. Tabs and colours stay, and a colour ends with the line; other control characters
 * could move the cursor out of the line that says which node it is about.
 */
export function printable(line: string): string {
  const shown = line.replaceAll(CONTROL, (found) => {
    if (found === '\t' || found.startsWith(`${ESCAPE}[`)) return found;
    return `\uFFFD${found.slice(1)}`;
  });
  return shown.includes(ESCAPE) ? shown + RESET : shown;
}
