/** The commands and their flags as docs list them: made of the verbs' own tables. */
import { EXIT_MEANING } from '../plugin/terminal/exit-codes.ts';
import { CONNECTION_FLAGS } from '../plugin/command-line/connection.ts';
import { initialOf } from '../plugin/command-line/flag.ts';
import {
  flagGroups,
  flagMeaning,
  isConnection,
  OPTIONS,
  renderUsage,
  type NamedFlag,
} from '../plugin/command-line/help.ts';
import { loadedVerbs, type Verb } from '../plugin/command-line/verb.ts';
import { PROGRAM } from '../plugin/command-line/words.ts';
import { VERBS } from '../plugin/verbs.ts';
import { table } from './generated-file.ts';

/** A section for each command. */
export async function commandSections(): Promise<string> {
  return (await loadedVerbs(VERBS)).map(section).join('\n\n');
}

function section(verb: Verb): string {
  const { name, about, examples, flags } = verb;
  const groups = flagGroups(flags);
  const own = groups.filter(([heading]) => !isConnection(heading));
  return [
    `## ${PROGRAM} ${name}`,
    `${about}.`,
    code([renderUsage(verb)]),
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
  return flagTable(Object.entries(CONNECTION_FLAGS));
}

function flagTable(flags: readonly NamedFlag[]): string {
  const rows = flags.map(([name, flag]) => {
    const initial = initialOf(flag);
    const short = flag.short === undefined ? '' : `\`-${flag.short}\`, `;
    return [`${short}\`--${name}\``, initial === "''" ? '' : `\`${initial}\``, flagMeaning(flag)];
  });
  return table(['Flag', 'Default', 'Meaning'], rows);
}

/** What each exit code means. */
export function exitCodes(): string {
  return table(
    ['Exit code', 'Meaning'],
    EXIT_MEANING.map(([code, meaning]) => [String(code), meaning]),
  );
}
