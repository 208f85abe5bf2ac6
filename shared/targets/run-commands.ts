import type { Invocation } from './invocations.ts';
import { isLike } from './like.ts';

/** Subcommands that are wanted, by program, each in the parts between its `*`; those of one without any are empty. */
type Wanted = ReadonlyMap<string, readonly (readonly (readonly string[])[])[]>;

const TABLES = new WeakMap<readonly string[], Wanted>();

/** The program that an entry of `commands` names. */
export function programOf(command: string): string {
  return command.split(' ', 1)[0] ?? '';
}

/** Whether a program is run that one of some entries names, with its subcommand where that is named as well. */
export function isCommand({ program, args }: Invocation, commands: readonly string[]): boolean {
  return (
    tableOf(commands)
      .get(program)
      ?.some((wanted) => hasSubcommand(args, wanted)) ?? false
  );
}

function tableOf(commands: readonly string[]): Wanted {
  const known = TABLES.get(commands);
  if (known !== undefined) return known;
  const grouped = Map.groupBy(commands, programOf);
  const subcommandsOf = (command: string) =>
    command
      .split(' ')
      .slice(1)
      .map((word) => word.split('*'));
  const table = new Map([...grouped].map(([program, row]) => [program, row.map(subcommandsOf)]));
  TABLES.set(commands, table);
  return table;
}

/**
 * Whether the first operands are these. A word behind an option may be its value, and is passed over where it is none of
 * them: `restic -r /repo backup` backs up, `restic snapshots --tag backup` does not.
 */
function hasSubcommand(args: readonly string[], wanted: readonly (readonly string[])[]): boolean {
  let next = 0;
  for (let index = 0; index < args.length && next < wanted.length; index += 1) {
    const arg = args[index] ?? '';
    if (isLike(arg, wanted[next] ?? [])) next += 1;
    else if (!arg.startsWith('-') && !isOption(args[index - 1])) return false;
  }
  return next === wanted.length;
}

function isOption(word: string | undefined): boolean {
  return word?.startsWith('-') === true && !word.includes('=');
}
