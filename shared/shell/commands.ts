import type { Effort } from './effort.ts';
import { Expansions, NO_END } from './expansions.ts';
import { discard, draft, handOn, isInTest, newFrame, type Draft, type Frame } from './frame.ts';
import { Source } from './source.ts';
import { Variables } from './variables.ts';
import { ASSIGNMENT, CLAUSES, DECLARATIONS, KEYWORDS } from './words.ts';

/** A command of a script, in the words that its shell would run it with. */
export interface Command {
  readonly words: readonly string[];
  /** What it is given to read, where that stands in the script: a here-document, or what `echo` and `cat` pipe into it. */
  readonly input: string;
}

/** A placeholder that people fill in, as in `https://<address of etcd>:2379`; a shell would read a file of that name. */
const BLANK = /(?<!<)<[A-Za-z][\w.-]*(?: [\w.-]+)*>(?=[\s"':,@)]|$|\/(?!dev\/))/g;

interface HereDocument {
  readonly reader: Draft;
  readonly end: string;
  readonly stripsTabs: boolean;
  readonly isLiteral: boolean;
}

/**
 * The commands of a script in the order of their text, as a POSIX shell (and bash, where it goes further) splits them:
 * quotes, escapes, assignments, variables and their defaults, substitutions, redirects, here-documents, pipes, lists and
 * clauses. Both branches of an `if` count, and every case. `variables` is what the environment is known to hold; what a
 * script assigns counts from there on. Commands of functions count where they stand; calling one is no program.
 */
export function commandsOf(script: string, variables: Variables, effort: Effort): readonly Command[] {
  if (!effort.spendText(script)) return [];
  return new Reader(script.replaceAll(BLANK, 'x'), variables, effort).read();
}

class Reader {
  readonly #source: Source;
  readonly #effort: Effort;
  readonly #variables: Variables;
  readonly #expansions: Expansions;
  readonly #commands: Draft[] = [];
  readonly #functions = new Set<string>();
  #hereDocuments: HereDocument[] = [];
  #depth = 0;

  constructor(script: string, variables: Variables, effort: Effort) {
    this.#source = new Source(script);
    this.#variables = new Variables(variables);
    this.#effort = effort;
    this.#expansions = new Expansions({
      source: this.#source,
      variables: this.#variables,
      effort,
      readList: this.#readList.bind(this),
      nested: this.#nested.bind(this),
    });
  }

  read(): readonly Command[] {
    this.#readList('');
    for (const command of this.#commands) handOn(command, this.#effort);
    return this.#commands.filter(({ words: [first = ''] }) => !this.#functions.has(first));
  }

  /** Reads commands up to a closing character of their own, or the end; gives back the last command. */
  #readList(closing: string): Draft | undefined {
    const frame = newFrame();
    const before = this.#commands.length;
    this.#nested(() => {
      while (!this.#source.isAtEnd && !this.#isClosed(closing, frame)) this.#step(frame);
    });
    this.#endCommand(frame);
    return this.#commands.slice(before).at(-1);
  }

  /** Reads something within something: where that goes too deep, the rest is left. */
  #nested(read: () => void): void {
    this.#depth += 1;
    if (this.#effort.isWithin(this.#depth) && this.#effort.spendWord()) read();
    else this.#source.skipAll();
    this.#depth -= 1;
  }

  #isClosed(closing: string, { subshells, isPattern }: Frame): boolean {
    if (closing === '' || this.#source.peek() !== closing) return false;
    if (closing === ')' && (subshells > 0 || isPattern)) return false;
    this.#source.skip(1);
    return true;
  }

  #step(frame: Frame): void {
    const plain = this.#source.takePlain();
    if (plain !== '') {
      frame.word = (frame.word ?? '') + plain;
      return;
    }
    const character = this.#source.peek();
    if (character === '#' && frame.word === undefined) this.#source.skipLine();
    else this.#special(frame, character);
  }

  #special(frame: Frame, character: string): void {
    if (/[^\S\n]/.test(character)) this.#blank(frame);
    else if ('\'"\\$`'.includes(character)) this.#quoteOrExpansion(frame);
    else if ('<>'.includes(character) || this.#source.isAt('&>')) this.#redirect(frame);
    else if ('()'.includes(character)) this.#parenthesis(frame);
    else this.#separator(frame);
  }

  #blank(frame: Frame): void {
    this.#source.skip(1);
    this.#endWord(frame);
  }

  #quoteOrExpansion(frame: Frame): void {
    const character = this.#source.peek();
    if (character === '$' || character === '`') {
      this.#unquoted(frame, this.#expansions.expansion());
      return;
    }
    const all = this.#source.takeArrayName();
    if (all !== '') {
      this.#unquoted(frame, this.#expansions.valueOf(all));
      return;
    }
    if (this.#source.skipIf('\\\n')) return;
    this.#source.skip(1);
    frame.isQuoted = true;
    frame.word = (frame.word ?? '') + this.#expansions.quoted(character);
  }

  /** What is expanded without quotes is split into words; what is not known, or empty, is no word at all. */
  #unquoted(frame: Frame, value: string | undefined): void {
    const parts = (value ?? '').split(/\s+/);
    parts.forEach((part, index) => {
      if (index > 0) this.#endWord(frame);
      if (part !== '') frame.word = (frame.word ?? '') + part;
    });
  }

  #redirect(frame: Frame): void {
    const source = this.#source;
    if (source.isAt('<(') || source.isAt('>(')) {
      source.skip(2);
      this.#readList(')');
      frame.word = frame.word ?? '';
      frame.isQuoted = true;
      return;
    }
    if (frame.word !== undefined && /^\d+$/.test(frame.word)) frame.word = undefined;
    this.#endWord(frame);
    const operator = source.takeRedirect();
    source.skipBlanks();
    if (operator === '<<' || operator === '<<-') this.#hereDocument(frame, operator === '<<-');
    else this.#redirected(frame, operator);
  }

  #hereDocument({ command }: Frame, stripsTabs: boolean): void {
    const { text, isQuoted } = this.#source.takeDelimiter();
    this.#hereDocuments.push({ reader: command, end: text, stripsTabs, isLiteral: isQuoted });
  }

  #redirected(frame: Frame, operator: string): void {
    const target: Frame = { ...frame, command: draft(undefined), word: undefined, isQuoted: false };
    this.#nested(() => {
      while (!this.#source.isAtEnd && !' \t\r\n;&|()<>'.includes(this.#source.peek())) this.#step(target);
    });
    if (operator === '<<<') frame.command.input = [...target.command.words, target.word ?? ''].join(' ');
  }

  #parenthesis(frame: Frame): void {
    const source = this.#source;
    const isOpening = source.peek() === '(';
    source.skip(1);
    if (isInTest(frame)) return;
    if (!isOpening) this.#closing(frame);
    else if (frame.word !== undefined && /^[A-Za-z_]\w*\+?=$/.test(frame.word)) this.#array(frame);
    else if (!frame.isPattern) this.#opening(frame);
  }

  #closing(frame: Frame): void {
    if (frame.isPattern) {
      frame.isPattern = false;
      discard(frame);
      return;
    }
    this.#endCommand(frame);
    frame.subshells = Math.max(0, frame.subshells - 1);
  }

  #opening(frame: Frame): void {
    const source = this.#source;
    const { words } = frame.command;
    const name = frame.word ?? words.at(-1);
    if (name === undefined && source.skipIf('(')) this.#expansions.arithmetic();
    else if (name !== undefined && source.skipIf(')')) {
      this.#functions.add(name);
      discard(frame);
    } else {
      this.#endCommand(frame);
      frame.subshells += 1;
    }
  }

  /** `NAME=(a b)`: used as `"${NAME[@]}"`, it is split again. */
  #array(frame: Frame): void {
    const name = (frame.word ?? '').replace(/\+?=$/, '');
    const items: Frame = { ...frame, command: draft(undefined), word: undefined, isQuoted: false, subshells: 0 };
    this.#nested(() => {
      while (!this.#source.isAtEnd && !this.#source.skipIf(')')) {
        if (this.#source.peek() === '\n') this.#blank(items);
        else this.#step(items);
      }
    });
    this.#endWord(items);
    this.#variables.set(name, items.command.words.join(' '));
    frame.word = undefined;
  }

  #separator(frame: Frame): void {
    const source = this.#source;
    const operator = source.takeSeparator();
    this.#endWord(frame);
    if (isInTest(frame) && operator !== '\n' && operator !== ';') return;
    if (frame.isPattern) {
      if (operator === '|') discard(frame);
    } else this.#endCommand(frame, operator === '|' || operator === '|&');
    if (operator.startsWith(';;') || operator === ';&') frame.isPattern = frame.cases > 0;
    if (operator === '\n') this.#readHereDocuments();
  }

  #readHereDocuments(): void {
    const waiting = this.#hereDocuments;
    this.#hereDocuments = [];
    for (const { reader, end, stripsTabs, isLiteral } of waiting) {
      const body = this.#source.takeLinesUntil(end, stripsTabs);
      reader.input = body;
      if (!isLiteral) this.#substitutionsIn(body);
    }
  }

  /** Commands that a here-document has run while it is written. */
  #substitutionsIn(body: string): void {
    if (!/\$\(|`/.test(body) || !this.#effort.isWithin(this.#depth + 1) || !this.#effort.spendText(body)) return;
    const within = new Reader(body, this.#variables, this.#effort);
    within.#depth = this.#depth + 1;
    within.#expansions.doubleQuoted(NO_END);
    this.#commands.push(...within.#commands);
  }

  #endWord(frame: Frame): void {
    const { word, isQuoted, command } = frame;
    if (word === undefined) return;
    frame.word = undefined;
    frame.isQuoted = false;
    if (!this.#effort.spendWord()) {
      this.#source.skipAll();
      return;
    }
    if (command.words.length === 0 && !isQuoted && KEYWORDS.has(word)) return;
    if (this.#isAssignment(word, command.words)) return;
    command.words.push(word);
    this.#clause(frame, word);
  }

  /** Whether a word is an assignment in its place; what it assigns is kept. */
  #isAssignment(word: string, [first]: readonly string[]): boolean {
    if (first !== undefined && !DECLARATIONS.has(first)) return false;
    const [whole, name] = ASSIGNMENT.exec(word) ?? [];
    if (whole === undefined || name === undefined) return false;
    this.#variables.set(name, word.slice(whole.length));
    return first === undefined;
  }

  #clause(frame: Frame, word: string): void {
    const { words } = frame.command;
    if (words[0] === 'case' && word === 'in') {
      frame.cases += 1;
      frame.isPattern = true;
      discard(frame);
    } else if (word === 'esac' && words.length === 1) {
      frame.cases = Math.max(0, frame.cases - 1);
      frame.isPattern = false;
      discard(frame);
    } else if (words[0] === 'function' && words.length === 2) {
      this.#functions.add(word);
      discard(frame);
    }
  }

  #endCommand(frame: Frame, isPiped = false): void {
    this.#endWord(frame);
    const { command } = frame;
    const [first] = command.words;
    if (first !== undefined && !CLAUSES.has(first)) this.#commands.push(command);
    frame.command = draft(isPiped ? command : undefined);
  }
}
