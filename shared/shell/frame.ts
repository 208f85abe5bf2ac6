import type { Effort } from './effort.ts';

/** Programs that write what they read. */
const PASSES_ON = new Set(['cat', 'envsubst', 'sed', 'tee']);
/** Programs that write their arguments. */
const SAYS = new Set(['echo', 'printf']);

/** A command while it is read. */
export interface Draft {
  words: string[];
  input: string;
  /** The command before it in a pipe. */
  from: Draft | undefined;
}

/** One list of commands: the script itself, or what stands in parentheses after a dollar sign. */
export interface Frame {
  command: Draft;
  /** The word that is being read; undefined between two words. */
  word: string | undefined;
  /** Whether part of that word was quoted. */
  isQuoted: boolean;
  /** Open `case` clauses, and whether a pattern of one of them comes next. */
  cases: number;
  isPattern: boolean;
  /** Open parentheses of subshells. */
  subshells: number;
}

/** A list that begins. */
export function newFrame(): Frame {
  return { command: draft(undefined), word: undefined, isQuoted: false, cases: 0, isPattern: false, subshells: 0 };
}

/** A command that begins, after another one in a pipe. */
export function draft(from: Draft | undefined): Draft {
  return { words: [], input: '', from };
}

/** Whether a condition of bash is open, in which separators only compare. */
export function isInTest({ command: { words } }: Frame): boolean {
  return words[0] === '[[' && words.at(-1) !== ']]';
}

/** Drops the words that were read of a command: they name no program. */
export function discard(frame: Frame): void {
  frame.command = draft(undefined);
  frame.word = undefined;
  frame.isQuoted = false;
}

/** Gives a command what the one before it in the pipe hands on; in order, so that a long pipe is gone through once. */
export function handOn(command: Draft, effort: Effort): void {
  const { from } = command;
  if (from === undefined || command.input !== '') return;
  const handed = handedOn(from);
  if (handed !== '' && effort.spendText(handed)) command.input = handed;
}

function handedOn({ words: [program = '', ...said], input }: Draft): string {
  if (PASSES_ON.has(program)) return input;
  return SAYS.has(program) ? said.join(' ') : '';
}
