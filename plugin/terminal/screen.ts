import { stripVTControlCharacters } from 'node:util';

/** Where a command writes. Results go to stdout, everything else to stderr. */
export interface Screen {
  /** One line of result, in kubectl's words. */
  result(line: string): void;
  /** A result for programs, or what a program wrote: not a character of it is another. */
  data(text: string): void;
  /** One line of progress. */
  note(line: string): void;
  /** One warning, without the word. */
  warn(line: string): void;
  /** A place below the lines that is drawn anew; undefined where nobody would see it move. */
  readonly live: LiveArea | undefined;
  /** Hears what lines are made of, besides the lines; left out where nobody shows more than lines. */
  readonly event?: (event: object) => void;
}

/** A result as a whole: in words for people, or for programs. */
export function printReport(screen: Screen, text: string, isForPeople: boolean): void {
  if (isForPeople) screen.result(text);
  else screen.data(text);
}

/** A few lines at the end of a terminal that are drawn anew; other lines appear above them. */
export interface LiveArea {
  show(lines: readonly string[]): void;
  clear(): void;
  /** One more line, below all others, until it is taken back. */
  remark(line: string | undefined): void;
  /** Width and height of the terminal, in characters. */
  size(): TerminalSize;
}

/** How much a terminal shows. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A stream that may be a terminal. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A Screen on two streams. */
export function screenFromStreams(out: Output, err: Output, env: Environment): Screen {
  const legible = isAsciiOnly(env) ? inAscii : (text: string): string => text;
  const area = canMove(err, env) ? new TerminalArea(err, legible) : undefined;
  const line = (stream: Output, text: string): void => {
    area?.erase();
    stream.write(`${text}\n`);
    area?.draw();
  };
  return {
    result: (text) => {
      line(out, legible(text));
    },
    data: (text) => {
      line(out, text);
    },
    note: (text) => {
      line(err, legible(harmless(text)));
    },
    warn: (text) => {
      line(err, `Warning: ${legible(harmless(text))}`);
    },
    live: area,
  };
}

/** What others wrote (a kubelet, somebody's webhook) may hold what moves a cursor: line ends and tabs are all that stays. */
function harmless(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '�');
}

/** Whether a person has said that the terminal knows no more than ASCII; who says nothing has UTF-8, as nearly everybody. */
function isAsciiOnly(env: Environment): boolean {
  const locale = ['LC_ALL', 'LC_CTYPE', 'LANG'].map((name) => env[name] ?? '').find((value) => value !== '');
  return locale === 'C' || locale === 'POSIX';
}

/** The signs that we write ourselves, each as one character: widths stay as they are. */
function inAscii(text: string): string {
  return text.replaceAll('…', '~').replaceAll('�', '?');
}

/** Whether to colour what goes to a stream: people's terminals, unless they say otherwise (no-color.org). */
export function wantsColour(out: Pick<Output, 'isTTY'>, env: Environment): boolean {
  return out.isTTY === true && (env['NO_COLOR'] ?? '') === '';
}

/** How results may look. */
export interface Look {
  /** Characters in a line; 0 = nothing is cut: whoever is no terminal reads whole lines. */
  readonly width: number;
  readonly colour: boolean;
  readonly isTerminal: boolean;
}

/** The look of what goes to a stream. */
export function lookOf(out: Output, env: Environment): Look {
  const isTerminal = out.isTTY === true;
  return {
    width: isTerminal ? (out.columns ?? 0) : 0,
    colour: wantsColour(out, env),
    isTerminal,
  };
}

/** A terminal that understands how to move its cursor, and a person who wants it to. */
function canMove(err: Output, env: Environment): boolean {
  return wantsColour(err, env) && env['TERM'] !== 'dumb';
}

/** A terminal that does not tell, or says 0: the VT100's. */
const DEFAULT_SIZE: TerminalSize = { columns: 80, rows: 24 };

/**
 * Draws with two control functions of ECMA-48: cursor up (CUU), and erase to the end of the page (ED). CUU keeps the
 * column, and a terminal that echoes `^C` moves it: so the cursor goes to the line's beginning first.
 */
class TerminalArea implements LiveArea {
  readonly #stream: Output;
  readonly #legible: (text: string) => string;
  #lines: readonly string[] = [];
  #remark: readonly string[] = [];
  #drawn: readonly string[] = [];

  constructor(stream: Output, legible: (text: string) => string) {
    this.#stream = stream;
    this.#legible = legible;
  }

  show(lines: readonly string[]): void {
    this.erase();
    this.#lines = lines;
    this.draw();
  }

  clear(): void {
    this.show([]);
  }

  remark(line: string | undefined): void {
    const next = line === undefined ? [] : [line];
    if (next[0] === this.#remark[0]) return;
    this.erase();
    this.#remark = next;
    this.draw();
  }

  size(): TerminalSize {
    const { rows = 0 } = this.#stream;
    return {
      columns: this.#columns(),
      rows: (rows > 0 ? rows : DEFAULT_SIZE.rows) - this.#rowsOf(this.#remark),
    };
  }

  erase(): void {
    const rows = this.#rowsOf(this.#drawn);
    if (rows > 0) this.#stream.write(`\r\u001b[${rows}A\u001b[J`);
    this.#drawn = [];
  }

  draw(): void {
    this.#drawn = [...this.#lines, ...this.#remark].map(this.#legible);
    for (const line of this.#drawn) this.#stream.write(`${line}\n`);
  }

  #columns(): number {
    const { columns = 0 } = this.#stream;
    return columns > 0 ? columns : DEFAULT_SIZE.columns;
  }

  /** How many rows lines take now: a terminal that has become narrower has broken those that no longer fit. */
  #rowsOf(lines: readonly string[]): number {
    const columns = this.#columns();
    return lines.reduce(
      (rows, line) => rows + Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns)),
      0,
    );
  }
}
