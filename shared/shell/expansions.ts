import type { Effort } from './effort.ts';
import type { Draft } from './frame.ts';
import type { Source } from './source.ts';
import type { Variables } from './variables.ts';

/** What closes a text that goes on to the end. */
export const NO_END = '\0';
const SPECIAL_IN_QUOTES = /["\\$`]/g;
const SPECIAL_IN_DEFAULT = /[}'"\\$`]/g;

/** What the reader of commands lends to the reader of what stands within words. */
interface Outer {
  readonly source: Source;
  readonly variables: Variables;
  readonly effort: Effort;
  /** Reads the commands of a substitution up to its end; gives back the last. */
  readonly readList: (closing: string) => Draft | undefined;
  /** Runs something within something, unless that goes too deep. */
  readonly nested: (read: () => void) => void;
}

/** Quotes, and what a shell puts in the place of variables and substitutions. */
export class Expansions {
  readonly #outer: Outer;
  readonly #source: Source;

  constructor(outer: Outer) {
    this.#outer = outer;
    this.#source = outer.source;
  }

  /** What stands behind a quote or a backslash. */
  quoted(quote: string): string {
    if (quote === "'") return this.#source.takeUntil("'");
    return quote === '\\' ? this.#source.take(1) : this.doubleQuoted('"');
  }

  /** What stands between double quotes, or in a here-document or default value, up to a closing character. */
  doubleQuoted(closing: string): string {
    let text = '';
    this.#outer.nested(() => {
      do {
        text += this.#source.takeUpTo(closing === '}' ? SPECIAL_IN_DEFAULT : SPECIAL_IN_QUOTES);
        if (this.#source.skipIf(closing)) return;
        text += this.#inQuotes(this.#source.peek(), closing);
      } while (!this.#source.isAtEnd);
    });
    return text;
  }

  #inQuotes(character: string, closing: string): string {
    if (character === '$' || character === '`') return this.expansion() ?? '';
    this.#source.skip(1);
    if (character === '\\') return this.#source.takeEscaped();
    // In a default value quotes are quotes; within quotes they would have closed.
    return closing === '}' ? this.quoted(character) : character;
  }

  /** The value of what begins with a dollar sign or a backquote; undefined where it is not known. */
  expansion(): string | undefined {
    const source = this.#source;
    if (source.skipIf('`')) return whereIs(this.#outer.readList('`'));
    source.skip(1);
    if (source.skipIf('((')) return this.arithmetic();
    if (source.skipIf('(')) return whereIs(this.#outer.readList(')'));
    if (source.skipIf('{')) return this.#parameter();
    if (source.peek() === "'") return this.#ansiQuoted();
    const name = source.takeName();
    return name === '' ? '$' : this.valueOf(name);
  }

  /** What stands in double parentheses. */
  arithmetic(): string {
    this.#source.skipNested('(', ')', 2);
    return '0';
  }

  #ansiQuoted(): string {
    this.#source.skip(1);
    return this.#source.takeUntilUnescaped("'");
  }

  /** `${NAME}` with its modifiers: of those only the default value counts. */
  #parameter(): string | undefined {
    const source = this.#source;
    const name = source.takeName();
    const index = source.takeIndex();
    const operator = source.takeOperator();
    const rest = this.doubleQuoted('}');
    const value = this.valueOf(name);
    const isDefault = /^:?[-=]$/.test(operator);
    if (index.length > 0 || !isDefault) return value;
    return value === undefined || value === '' ? rest : value;
  }

  /** The value of a variable, where it is known and may be read. */
  valueOf(name: string): string | undefined {
    const value = this.#outer.variables.get(name);
    return value === undefined || this.#outer.effort.spendText(value) ? value : undefined;
  }
}

/** `$(which pg_dump)` and `$(command -v pg_dump)` stand for the program. */
function whereIs(command: Draft | undefined): string | undefined {
  const [program, ...rest] = command?.words ?? [];
  if (program === 'which') return rest.at(-1);
  return program === 'command' && rest[0] === '-v' ? rest[1] : undefined;
}
