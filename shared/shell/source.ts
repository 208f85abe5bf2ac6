/** A delimiter of a here-document. */
interface Delimiter {
  readonly text: string;
  /** Nothing in the document is expanded. */
  readonly isQuoted: boolean;
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]/y;
const INDEX = /\[[^\]]*\]/y;
const OPERATOR = /:?[-=+?]|[#%^,@/:]+/y;
const PLAIN = /[^\s'"\\$`;&|()<>#]+/y;
const PLAIN_WITHIN = /[^\s'"\\$`;&|()<>]+/y;
const ARRAY = /"\$(?:@|\{@\}|\{[A-Za-z_]\w*\[@\]\})"/y;
const REDIRECT = /&>>|&>|<<<|<<-|<<|<>|<&|>>|>&|>\||<|>/y;
const SEPARATOR = /;;&|;;|;&|;|&&|&|\|\||\|&|\||\n/y;
const DELIMITER = /[^\s;&|()<>]+/y;
const BLANKS = /(?:[ \t\r]|\\\n)*/y;

/** The text of a script and how far it has been read. Every step is linear in what it takes. */
export class Source {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The next character; empty at the end. */
  peek(): string {
    return this.#text.charAt(this.#at);
  }

  isAt(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }

  skip(length: number): void {
    this.#at += length;
  }

  skipIf(text: string): boolean {
    if (!this.isAt(text)) return false;
    this.#at += text.length;
    return true;
  }

  skipAll(): void {
    this.#at = this.#text.length;
  }

  /** A comment, up to the end of its line. */
  skipLine(): void {
    const end = this.#text.indexOf('\n', this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  skipBlanks(): void {
    this.#match(BLANKS);
  }

  /** What stands in nested brackets of which so many are open. */
  skipNested(opening: string, closing: string, open: number): void {
    for (let depth = open; depth > 0 && !this.isAtEnd; this.#at += 1) {
      if (this.peek() === opening) depth += 1;
      if (this.peek() === closing) depth -= 1;
    }
  }

  take(length: number): string {
    const text = this.#text.slice(this.#at, this.#at + length);
    this.#at += length;
    return text;
  }

  /** Characters that mean nothing to a shell; a `#` is one of them within a word. */
  takePlain(): string {
    const start = this.#match(PLAIN);
    return start === '' ? '' : start + this.#match(PLAIN_WITHIN);
  }

  takeName(): string {
    return this.#match(NAME);
  }

  /** `"$@"` and `"${NAME[@]}"`, which are split although they are quoted: the name. */
  takeArrayName(): string {
    const whole = this.#match(ARRAY);
    return whole.replaceAll(/^"\$\{?|(?:\[@\])?\}?"$/g, '');
  }

  takeIndex(): string {
    return this.#match(INDEX);
  }

  takeOperator(): string {
    return this.#match(OPERATOR);
  }

  takeRedirect(): string {
    return this.#match(REDIRECT);
  }

  takeSeparator(): string {
    const separator = this.#match(SEPARATOR);
    return separator === '' ? this.take(1) : separator;
  }

  /** Up to a text that is skipped, or to the end. */
  takeUntil(end: string): string {
    const found = this.#text.indexOf(end, this.#at);
    const text = this.#text.slice(this.#at, found < 0 ? undefined : found);
    this.#at = found < 0 ? this.#text.length : found + end.length;
    return text;
  }

  /** Up to a character that is not escaped. */
  takeUntilUnescaped(end: string): string {
    let text = '';
    while (!this.isAtEnd && this.peek() !== end) {
      if (this.peek() === '\\') this.#at += 1;
      text += this.take(1);
    }
    this.#at += 1;
    return text;
  }

  /** Up to one of some characters, given as a global expression. */
  takeUpTo(stops: RegExp): string {
    stops.lastIndex = this.#at;
    const found = stops.exec(this.#text);
    return this.take((found?.index ?? this.#text.length) - this.#at);
  }

  /** What a backslash in double quotes stands for. */
  takeEscaped(): string {
    const character = this.take(1);
    if (character === '\n') return '';
    return '$`"\\'.includes(character) ? character : `\\${character}`;
  }

  takeDelimiter(): Delimiter {
    const raw = this.#match(DELIMITER);
    const text = raw.replaceAll(/['"\\]/g, '');
    return { text, isQuoted: text !== raw };
  }

  /** The lines of a here-document; the one that ends it is skipped. */
  takeLinesUntil(end: string, stripsTabs: boolean): string {
    const lines: string[] = [];
    while (!this.isAtEnd) {
      const line = this.takeUntil('\n');
      if ((stripsTabs ? line.replace(/^\t+/, '') : line) === end) break;
      lines.push(line);
    }
    return lines.join('\n');
  }

  /** What a sticky expression matches here; empty where it does not. */
  #match(expression: RegExp): string {
    expression.lastIndex = this.#at;
    const [found = ''] = expression.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }
}
