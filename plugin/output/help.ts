import { EXIT_MEANING } from '../exit-codes.ts';
import { PROGRAM, type Definition, type Flag } from '../flags/definition.ts';

/** Heading of flags that name no other. */
export const OPTIONS = 'Options:';

/** `kubectl maint COMMAND --help`, in kubectl's form. */
export function renderHelp(definition: Definition): string {
  const { about, examples, flags } = definition;
  const parts = [
    `${about}.`,
    ...(examples.length === 0
      ? []
      : [`Examples:\n${examples.map(({ line, does }) => `  # ${does}\n  ${line}`).join('\n\n')}`]),
    ...flagGroups(flags).map(([heading, group]) => [heading, ...group.map(renderFlag)].join('\n')),
    `Usage:\n  ${renderUsage(definition)}`,
  ];
  return parts.join('\n\n');
}

/** The flags by heading, `Options:` first. */
export function flagGroups(flags: readonly Flag[]): readonly (readonly [string, readonly Flag[]])[] {
  const groups = [...Map.groupBy(flags, ({ group }) => group ?? OPTIONS)];
  const rank = ([heading]: (typeof groups)[number]): number =>
    heading === OPTIONS ? 0 : isConnection(heading) ? 2 : 1;
  return groups.sort((a, b) => rank(a) - rank(b));
}

/** Whether a heading is that of kubectl's connection flags, which every command has. */
export function isConnection(heading: string): boolean {
  return heading.startsWith('Connection');
}

/** `kubectl maint on (NODE... | -l SELECTOR) [options]` */
export function renderUsage({ name, usage, flags }: Definition): string {
  const [before = '', command] = usage.split(' -- ');
  const parts = [
    PROGRAM,
    name,
    before,
    flags.length === 0 ? '' : '[options]',
    command === undefined ? '' : `-- ${command}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** What a flag does, with the values that it takes. */
export function flagMeaning({ describe, choices, isRepeatable }: Flag): string {
  const values = choices.length === 0 ? '' : `. One of: (${choices.join(', ')})`;
  return `${describe}${values}${isRepeatable && !describe.includes('repeated') ? '. May be repeated' : ''}`;
}

function renderFlag(flag: Flag): string {
  const { name, short, initial } = flag;
  return `    ${short === undefined ? '' : `-${short}, `}--${name}=${initial}:\n        ${flagMeaning(flag)}`;
}

/** `kubectl maint --help` */
export function renderOverview(definitions: readonly Definition[]): string {
  const width = Math.max(...definitions.map(({ name }) => name.length));
  return [
    `${PROGRAM} takes nodes into maintenance, safely, and brings them back.`,
    ['Commands:', ...definitions.map(({ name, about }) => `  ${name.padEnd(width)}   ${about}`)].join('\n'),
    ['Exit codes:', ...EXIT_MEANING.map(([code, meaning]) => `  ${String(code).padStart(3)}   ${meaning}`)].join('\n'),
    `Usage:\n  ${PROGRAM} COMMAND [options]`,
    `Use "${PROGRAM} COMMAND --help" for more information about a command.`,
  ].join('\n\n');
}
