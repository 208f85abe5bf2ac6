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
  return [asked.verb, ...flagsOf(asked, reached, false), '--', ...asked.nodes];
}

/** The same for people to read and to copy; what is secret is not in it. */
export function lineOf(asked: Asked, reached: Reached): string {
  return [PROGRAM, asked.verb, ...asked.nodes, ...flagsOf(asked, reached, true).map(quoted)].join(' ');
}

/** Quotes stand around the value, where people put them. */
function quoted(flag: string): string {
  const [, name = flag, value] = /^(--[^=]*=)(.*)$/s.exec(flag) ?? [];
  return value === undefined ? name : name + shellLine([value]);
}

/** How a command reaches a cluster of this page. */
export function connectionWords({ connection, context }: Reached, isShown: boolean): readonly string[] {
  const given = connection.filter(({ name }) => !ELSEWHERE.includes(name));
  return [
    ...given.map(({ name, value }) => flag(name, isShown && SECRET.includes(name) ? '…' : value)),
    ...(context === undefined ? [] : [flag('context', context)]),
  ];
}

function flagsOf({ values, switches, dryRun }: Asked, reached: Reached, isShown: boolean): readonly string[] {
  const given = Object.entries(values).filter(([, value]) => value.trim() !== '');
  return [
    ...given.map(([name, value]) => flag(name, value)),
    ...switches.map((name) => flag(name, undefined)),
    ...(dryRun === 'none' ? [] : [flag('dry-run', dryRun)]),
    ...connectionWords(reached, isShown),
  ];
}

function flag(name: string, value: string | undefined): string {
  return value === undefined ? `--${name}` : `--${name}=${value}`;
}
