import { MAX_NAME } from './facts/work.ts';

/** How many names a sentence lists before it counts the rest: three fit a line of a terminal. */
const NAMES_SHOWN = 3;

/** `node a`, `nodes a and b`, `nodes a, b, c and 4 more`. Names are cleaned. */
export function joinNames(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => clean(name, MAX_NAME));
  const rest = names.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  const last = parts.at(-1) ?? 'no node';
  const list = parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${last}` : last;
  return `${names.length === 1 ? 'node' : 'nodes'} ${list}`;
}

/**
 * Longest name, owner or reason in a sentence that repeats several, in characters: three nodes with owner and reason still
 * fit a denial.
 */
export const MAX_QUOTE = 80;

/**
 * Text from outside as one printable line of at most `max` characters: control characters, line breaks, terminal
 * escapes, bidirectional overrides and invisible characters become spaces, runs of spaces one.
 */
export function clean(text: string, max: number): string {
  if (text.length <= max && PLAIN.test(text)) return text;
  const line = text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Default_Ignorable_Code_Point}]+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  // A cut through a surrogate pair would leave half a character.
  return line.length <= max ? line : `${line.slice(0, max - 1).replace(/\p{Cs}$/u, '')}…`;
}

/** Printable ASCII with single spaces between words: nothing to clean, and by far the most names and sentences. */
const PLAIN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** Text as printable lines of at most `max` characters, broken between words; a longer word is broken itself. */
export function wrapped(text: string, max: number): readonly string[] {
  const lines: string[] = [];
  let rest = clean(text, text.length);
  while (rest.length > max) {
    const space = rest.lastIndexOf(' ', max);
    const end = space > 0 ? space : max;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
