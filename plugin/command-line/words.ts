import { MaintError } from '../../shared/index.ts';
import { standsAlone, type Flag, type FlagTable } from './flag.ts';
import { nearest } from './nearest.ts';

/** The hidden command that kubectl and shells ask for candidates (spf13/cobra, ShellCompRequestCmd). */
export const COMPLETE = '__complete';

/** How people call it. */
export const PROGRAM = 'kubectl maint';

/** A verb as far as its words are read. */
interface Flagged {
  readonly name: string;
  readonly flags: FlagTable;
}

/** What kubectl takes for true and false (Go strconv.ParseBool). */
const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** A flag as it was given, by its long name. Of a switch the value is `true` or `false`. */
export interface GivenFlag {
  readonly name: string;
  /** Undefined where a value is wanted and none follows. */
  readonly value: string | undefined;
}

/** A command line in three: its flags, what is no flag, and what stands behind a lone `--`. */
export interface Words {
  readonly flags: readonly GivenFlag[];
  readonly names: readonly string[];
  readonly behind: readonly string[];
}

/**
 * Reads words as kubectl's parser does (spf13/pflag): the value of a flag hangs on it (`--output=json`, `-ojson`) or is
 * the next word, whatever that looks like; short switches may be joined (`-AR`); `--` ends the flags. Unlike there, a
 * switch also takes a `true` or `false` that follows it. Throws MaintError('usage') on an unknown flag and on a
 * boolean that is none: `--ignore-daemonsets=yes` must not come to mean false.
 */
export function readWords(words: readonly string[], verb: Flagged): Words {
  const end = words.indexOf('--');
  const flags: GivenFlag[] = [];
  const names: string[] = [];
  // Words are taken from its front; a lone dash is standard input, and the value of a flag may be `--` itself.
  const left = [...words];
  for (let word = left.shift(); word !== undefined && word !== '--'; word = left.shift()) {
    if (word.startsWith('--')) flags.push(longFlag(word, left, verb));
    else if (word.startsWith('-') && word !== '-') flags.push(...shortFlags(word, left, verb));
    else names.push(word);
  }
  return { flags, names, behind: end === -1 ? [] : left };
}

function longFlag(word: string, left: string[], verb: Flagged): GivenFlag {
  const [, name = '', behind] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const flag = Object.hasOwn(verb.flags, name) ? verb.flags[name] : undefined;
  if (flag === undefined) throw unknownFlag(name, verb);
  return { name, value: valueOf(name, flag, behind, left) };
}

/** `-l rack`, `-lrack`, `-l=rack`, `-w`, and switches joined to one word, of which the last may take a value. */
function shortFlags(word: string, left: string[], verb: Flagged): readonly GivenFlag[] {
  const given: GivenFlag[] = [];
  let rest = word.slice(1);
  while (rest !== '') {
    const letter = rest.charAt(0);
    const found = Object.entries(verb.flags).find(([, { short }]) => short === letter);
    if (found === undefined) throw unknownShorthand(letter, verb);
    const [name, flag] = found;
    rest = rest.slice(1);
    const isLast = flag.kind !== 'switch' || rest === '' || rest.startsWith('=');
    given.push({
      name,
      value: valueOf(name, flag, isLast && rest !== '' ? rest.replace(/^=/, '') : undefined, isLast ? left : []),
    });
    if (isLast) break;
  }
  return given;
}

function valueOf(name: string, flag: Flag, behind: string | undefined, left: string[]): string | undefined {
  if (flag.kind === 'switch') {
    const isNext = behind === undefined && (left[0] === 'true' || left[0] === 'false');
    return isSet(name, behind ?? (isNext ? left.shift() : undefined) ?? 'true');
  }
  return behind ?? (flag.kind === 'value' ? flag.implied : undefined) ?? left.shift();
}

function isSet(name: string, text: string): 'true' | 'false' {
  if (TRUE.includes(text)) return 'true';
  if (FALSE.includes(text)) return 'false';
  throw new MaintError('usage', `--${name}: "${text}" is neither true nor false`);
}

/**
 * The first word that is neither a flag nor the value of one: kubectl takes its connection flags before the command,
 * too. Undefined where there is none.
 */
export function commandIn(words: readonly string[], connection: FlagTable): number | undefined {
  const index = words.findIndex((word, at) => !word.startsWith('-') && !isValueOf(words[at - 1], connection));
  return index === -1 ? undefined : index;
}

function isValueOf(before: string | undefined, connection: FlagTable): boolean {
  if (before?.startsWith('-') !== true || before.includes('=')) return false;
  const flag = Object.entries(connection).find(
    ([name, { short }]) => before === `--${name}` || before === `-${short ?? ''}`,
  );
  return flag !== undefined && !standsAlone(flag[1]);
}

/** What was perhaps meant is offered, but for guards: no suggestion takes one away. */
function unknownFlag(name: string, { name: verb, flags }: Flagged): MaintError {
  const offered = Object.keys(flags).filter((known) => name.startsWith('allow') || !known.startsWith('allow-'));
  const meant = nearest(name, offered);
  return new MaintError('usage', `unknown flag: --${name}`, {
    hint: `${meant === undefined ? '' : `did you mean --${meant}? `}${PROGRAM} ${verb} --help lists them`,
  });
}

function unknownShorthand(letter: string, { name }: Flagged): MaintError {
  return new MaintError('usage', `unknown shorthand flag: -${letter}`, { hint: `${PROGRAM} ${name} --help` });
}
