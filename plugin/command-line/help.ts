import { EXIT_MEANING } from '../terminal/exit-codes.ts';
import { choicesOf, initialOf, type Flag, type FlagTable } from './flag.ts';
import type { Verb } from './verb.ts';
import { PROGRAM } from './words.ts';

/** Heading of flags that name no other. */
export const OPTIONS = 'Options:';

/** `kubectl maint COMMAND --help`, in kubectl's form. */
export function renderHelp(verb: Verb): string {
  const { about, examples, flags } = verb;
  const parts = [
    `${about}.`,
    ...(examples.length === 0
      ? []
      : [`Examples:\n${examples.map(({ line, does }) => `  # ${does}\n  ${line}`).join('\n\n')}`]),
    ...flagGroups(flags).map(([heading, group]) => [heading, ...group.map(renderFlag)].join('\n')),
    `Usage:\n  ${renderUsage(verb)}`,
  ];
  return parts.join('\n\n');
}

/** A flag with its name. */
export type NamedFlag = readonly [name: string, flag: Flag];

/** The flags by heading, `Options:` first. */
export function flagGroups(flags: FlagTable): readonly (readonly [string, readonly NamedFlag[]])[] {
  const groups = [...Map.groupBy(Object.entries(flags), ([, { group }]) => group ?? OPTIONS)];
  const rank = ([heading]: (typeof groups)[number]): number =>
    heading === OPTIONS ? 0 : isConnection(heading) ? 2 : 1;
  return groups.sort((a, b) => rank(a) - rank(b));
}

/** Whether a heading is that of kubectl's connection flags, which every command has. */
export function isConnection(heading: string): boolean {
  return heading.startsWith('Connection');
}

/** `kubectl maint on (NODE... | -l SELECTOR) [options]` */
export function renderUsage({ name, usage, flags }: Verb): string {
  const [before = '', command] = usage.split(' -- ');
  const parts = [
    PROGRAM,
    name,
    before,
    Object.keys(flags).length === 0 ? '' : '[options]',
    command === undefined ? '' : `-- ${command}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** What a flag does, with the values that it takes. */
export function flagMeaning(flag: Flag): string {
  const { describe } = flag;
  const choices = choicesOf(flag);
  const values = choices.length === 0 ? '' : `. One of: (${choices.join(', ')})`;
  return `${describe}${values}${flag.kind === 'list' && !describe.includes('repeated') ? '. May be repeated' : ''}`;
}

function renderFlag([name, flag]: NamedFlag): string {
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  return `    ${short}--${name}=${initialOf(flag)}:\n        ${flagMeaning(flag)}`;
}

/** `kubectl maint --help` */
export function renderOverview(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map(({ name }) => name.length));
  return [
    `${PROGRAM} takes nodes into maintenance, safely, and brings them back.`,
    ['Commands:', ...verbs.map(({ name, about }) => `  ${name.padEnd(width)}   ${about}`)].join('\n'),
    ['Exit codes:', ...EXIT_MEANING.map(([code, meaning]) => `  ${String(code).padStart(3)}   ${meaning}`)].join('\n'),
    `Usage:\n  ${PROGRAM} COMMAND [options]`,
    `Use "${PROGRAM} COMMAND --help" for more information about a command.`,
  ].join('\n\n');
}
