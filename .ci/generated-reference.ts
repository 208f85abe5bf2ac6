/** The commands and their flags as docs list them: read off from what yargs is told. */
import { EXIT_MEANING } from '../plugin/exit-codes.ts';
import { definitionOf, PROGRAM, type Definition, type Flag } from '../plugin/flags/definition.ts';
import { verbs } from '../plugin/flags/verbs.ts';
import { flagGroups, flagMeaning, isConnection, OPTIONS, renderUsage } from '../plugin/output/help.ts';
import { table } from './generated-file.ts';

const definitions = verbs('').map(definitionOf);

/** A section for each command. */
export function commandSections(): string {
  return definitions.map(section).join('\n\n');
}

function section(definition: Definition): string {
  const { name, about, examples, flags } = definition;
  const groups = flagGroups(flags);
  const own = groups.filter(([heading]) => !isConnection(heading));
  return [
    `## ${PROGRAM} ${name}`,
    `${about}.`,
    code([renderUsage(definition)]),
    ...(examples.length === 0 ? [] : [code([examples.map(({ line, does }) => `# ${does}\n${line}`).join('\n\n')])]),
    ...own.flatMap(([heading, group]) => [...(heading === OPTIONS ? [] : [heading]), flagTable(group)]),
    ...(own.length < groups.length ? ['And the [connection flags](#connection-flags).'] : []),
  ].join('\n\n');
}

function code(lines: readonly string[]): string {
  return ['```sh', ...lines, '```'].join('\n');
}

/** kubectl's connection flags, which all commands share. */
export function connectionFlags(): string {
  const flags = definitions.flatMap((definition) => definition.flags);
  const connection = flags.filter(({ group }) => group !== undefined && isConnection(group));
  return flagTable([...new Map(connection.map((flag) => [flag.name, flag])).values()]);
}

function flagTable(flags: readonly Flag[]): string {
  const rows = flags.map((flag) => [
    `${flag.short === undefined ? '' : `\`-${flag.short}\`, `}\`--${flag.name}\``,
    flag.initial === "''" ? '' : `\`${flag.initial}\``,
    flagMeaning(flag),
  ]);
  return table(['Flag', 'Default', 'Meaning'], rows);
}

/** What each exit code means. */
export function exitCodes(): string {
  return table(
    ['Exit code', 'Meaning'],
    EXIT_MEANING.map(([code, meaning]) => [String(code), meaning]),
  );
}
