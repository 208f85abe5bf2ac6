import type { GivenFlag } from '../../../command-line/words.ts';
import { PROGRAM } from '../../../command-line/words.ts';
import { shellLine } from '../../../terminal/shell-line.ts';
import type { Asked } from '../wire.ts';

/** How the clusters of a page are reached. */
export interface Reached {
  /** The connection flags of `ui`, but for its contexts. */
  readonly connection: readonly GivenFlag[];
  /** Undefined: the kubeconfig's current one. */
  readonly context: string | undefined;
}

/** Flags whose value opens a door: a page never shows it. */
const SECRET = ['token'];

/** What would flood a page, and is for the terminal. */
const ELSEWHERE = ['v', 'warnings-as-errors'];

/**
 * What was asked on the page, as the words of a command line. Each value hangs on its flag, so that whatever it is, it is
 * a value; what is a node stands behind `--`.
 */
export function wordsOf(asked: Asked, reached: Reached): readonly string[] {
  return [asked.verb, ...flagsOf(asked, reached).map(wordOf), '--', ...asked.nodes];
}

/** The same for people to read and to copy; what is secret is not in it. */
export function lineOf(asked: Asked, reached: Reached): string {
  return [PROGRAM, asked.verb, ...asked.nodes, ...flagsOf(asked, reached).map(shownOf)].join(' ');
}

/** How a command reaches a cluster of this page. */
export function connectionWords(reached: Reached): readonly string[] {
  return connectionOf(reached).map(wordOf);
}

function flagsOf({ values, switches, dryRun }: Asked, reached: Reached): readonly GivenFlag[] {
  const filled = Object.entries(values).filter(([, value]) => value.trim() !== '');
  return [
    ...filled.map(([name, value]) => ({ name, value })),
    ...switches.map((name) => ({ name, value: undefined })),
    ...(dryRun === 'none' ? [] : [{ name: 'dry-run', value: dryRun }]),
    ...connectionOf(reached),
  ];
}

function connectionOf({ connection, context }: Reached): readonly GivenFlag[] {
  const given = connection.filter(({ name }) => !ELSEWHERE.includes(name));
  return context === undefined ? given : [...given, { name: 'context', value: context }];
}

function wordOf({ name, value }: GivenFlag): string {
  return value === undefined ? `--${name}` : `--${name}=${value}`;
}

/** Quotes stand around the value, where people put them. */
function shownOf({ name, value }: GivenFlag): string {
  const shown = value !== undefined && SECRET.includes(name) ? '…' : value;
  return wordOf({ name, value: shown === undefined ? undefined : shellLine([shown]) });
}
