import { MaintError } from '../../shared/index.ts';

/** How yargs takes words, so that they mean what they mean to kubectl. */
export const LIKE_KUBECTL = {
  'boolean-negation': false,
  'dot-notation': false,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
} as const;

/** Short flags that take a value, which kubectl's users write without a space: `-ojson`, `-lrack=b7`. */
const SHORT = new Map([
  ['l', '--selector'],
  ['o', '--output'],
  ['s', '--server'],
  ['n', '--namespace'],
  ['v', '--v'],
]);

/** Flags without a value of their own; `--flag=…` is for switching them off. */
const SWITCHES = [
  'force',
  'ignore-daemonsets',
  'delete-emptydir-data',
  'disable-eviction',
  'wait-volumes',
  'wait-ready',
  'rollback',
  'protect',
  'adopt',
  'no-drain',
  'role-label',
  'allow-last-node',
  'resume',
  'skip-health-check',
  'revoke',
  'all',
  'exit-code',
  'watch',
  'insecure-skip-tls-verify',
  'all-namespaces',
  'warnings-as-errors',
  'no-headers',
];

/** Flags whose value may be left out, and what it is then; a value is given behind `=` only (kubectl cmd/util NoOptDefVal). */
export const IMPLIED_VALUES: ReadonlyMap<string, string> = new Map([['dry-run', 'client']]);

/** What kubectl takes for true and false (Go strconv.ParseBool). */
const TRUE = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** A command line in two: what is for us, and the command that `run` carries out, each word as it was typed. */
export interface Words {
  readonly ours: readonly string[];
  readonly command: readonly string[];
}

/**
 * Rewrites a command line from what kubectl's parser understands (Go pflag) to what ours does: values that hang on a
 * short flag, every spelling of a boolean, and a lone `--`. What follows the `--` of `run` is left alone. Throws
 * MaintError('usage') on a boolean that is none: `--ignore-daemonsets=yes` must not come to mean false.
 */
export function wordsFromKubectl(argv: readonly string[]): Words {
  const end = argv.indexOf('--');
  const [before, after] = end === -1 ? [argv, []] : [argv.slice(0, end), argv.slice(end + 1)];
  const isApart = verbOf(before) === 'run';
  const ours = isApart ? before : [...before, ...after];
  return { ours: ours.map((word) => switchWord(shortWord(word))), command: isApart ? after : [] };
}

/** The first word that is neither a flag nor, behind one, its value. */
function verbOf(words: readonly string[]): string | undefined {
  return words.find((word, index) => !word.startsWith('-') && !/^-[^=]*$/.test(words[index - 1] ?? ''));
}

function shortWord(word: string): string {
  const [, letter = '', value = ''] = /^-([losnv])=?(.+)$/s.exec(word) ?? [];
  const flag = SHORT.get(letter);
  return flag === undefined ? word : `${flag}=${value}`;
}

function switchWord(word: string): string {
  const implied = IMPLIED_VALUES.get(word.replace(/^--/, ''));
  if (implied !== undefined && word.startsWith('--')) return `${word}=${implied}`;
  const [, flag = '', value = ''] = /^--([a-z-]+)=(.*)$/s.exec(word) ?? [];
  if (!SWITCHES.includes(flag)) return word;
  if (TRUE.includes(value)) return `--${flag}=true`;
  if (FALSE.includes(value)) return `--${flag}=false`;
  throw new MaintError('usage', `--${flag}: "${value}" is neither true nor false`);
}
