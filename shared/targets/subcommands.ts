import { eachOnce } from '../once.ts';
import { matchesGlob } from './glob.ts';

/** By program the subcommands that are wanted, each word in the parts between its `*`; an empty list where any will do. */
type Wanted = ReadonlyMap<string, readonly (readonly (readonly string[])[])[]>;

/** The program that an entry of `commands` names. */
export function programOf(command: string): string {
  return command.split(' ', 1)[0] ?? '';
}

/** Whether a program is run that one of some entries names, with its subcommand where that is named as well. */
export function isCommand(program: string, args: readonly string[], commands: readonly string[]): boolean {
  return (
    tableOf(commands)
      .get(program)
      ?.some((wanted) => hasSubcommand(args, wanted)) ?? false
  );
}

/** Each list of the catalogue is taken apart once: the same lists are asked for with every request. */
const tableOf = eachOnce((commands: readonly string[]): Wanted => {
  const subcommandsOf = (command: string) =>
    command
      .split(' ')
      .slice(1)
      .map((word) => word.split('*'));
  return new Map([...Map.groupBy(commands, programOf)].map(([program, row]) => [program, row.map(subcommandsOf)]));
}, new WeakMap());

/**
 * Whether the first operands are these. A word behind an option may be its value, and is passed over where it is none of
 * them: `restic -r /repo backup` backs up, `restic snapshots --tag backup` does not.
 */
function hasSubcommand(args: readonly string[], wanted: readonly (readonly string[])[]): boolean {
  let next = 0;
  for (let index = 0; index < args.length && next < wanted.length; index += 1) {
    const arg = args[index] ?? '';
    if (matchesGlob(arg, wanted[next] ?? [])) next += 1;
    else if (!arg.startsWith('-') && !isOption(args[index - 1])) return false;
  }
  return next === wanted.length;
}

function isOption(word: string | undefined): boolean {
  return word?.startsWith('-') === true && !word.includes('=');
}
