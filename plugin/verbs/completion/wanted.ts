import { choicesOf, standsAlone, type Flag } from '../../command-line/flag.ts';
import { TYPE } from '../../command-line/node-choice.ts';
import type { Verb } from '../../command-line/verb.ts';
import type { Candidate, Wanted } from './candidates.ts';
import { SHELLS } from './scripts.ts';

/** What the shell may do with candidates, as a sum (spf13/cobra, ShellCompDirective). */
export const DIRECTIVE = { files: 0, noSpace: 2, noFiles: 4, keepOrder: 32 } as const;

/** A flag with its name. */
interface NamedFlag {
  readonly name: string;
  readonly flag: Flag;
}

/** Finds out what is being typed: the last word, possibly empty, after all others. Pure. */
export function wantedFor(words: readonly string[], verbs: readonly Verb[]): Wanted {
  const typed = words.at(-1) ?? '';
  const line = lineFrom(words.slice(0, -1), verbs);
  if (line.isCommand) return { from: 'files', typed };
  const value = valueBeingTyped(typed, line);
  if (value !== undefined) return valueOf(value.flag, value.typed, line);
  if (typed.startsWith('-')) return listed(typed, flagCandidates(line));
  if (line.verb !== undefined) return argumentOf(line.verb, typed, line);
  return listed(
    typed,
    verbs.map(({ name, about }) => ({ word: name, about })),
  );
}

/** `--flag=VAL`, or the word behind a flag that takes a value. */
function valueBeingTyped(typed: string, { flags, pending }: Line): { flag: NamedFlag; typed: string } | undefined {
  if (pending !== undefined) return { flag: pending, typed };
  const [, name, behind = ''] = /^--([a-z-]+)=(.*)$/s.exec(typed) ?? [];
  const flag = flags.find((known) => known.name === name);
  return flag === undefined ? undefined : { flag, typed: behind };
}

/** A command line as far as it is typed. */
interface Line {
  readonly verb: Verb | undefined;
  /** The flags of its verb; before the verb none are known. */
  readonly flags: readonly NamedFlag[];
  /** Names of flags that are given. */
  readonly given: readonly string[];
  /** Words that are no flags, after the verb. */
  readonly arguments: readonly string[];
  /** A flag whose value is being typed. */
  readonly pending: NamedFlag | undefined;
  /** A `--` was typed, behind which stands a command of somebody else's. */
  readonly isCommand: boolean;
}

function lineFrom(words: readonly string[], verbs: readonly Verb[]): Line {
  const verb = verbs.find(({ name }) => words.includes(name));
  const known = (verb === undefined ? verbs : [verb]).flatMap(flagsOf);
  const flags = words.map((word) => flagOf(word, known));
  const awaits = (index: number): boolean => waitsForValue(flags[index], words[index] ?? '');
  const rest = words.filter((word, index) => !word.startsWith('-') && !awaits(index - 1));
  return {
    verb,
    flags: verb === undefined ? [] : known,
    given: flags.flatMap((flag) => (flag === undefined ? [] : [flag.name])),
    arguments: rest.slice(rest.indexOf(verb?.name ?? '') + 1),
    pending: awaits(words.length - 1) ? flags.at(-1) : undefined,
    isCommand: words.includes('--') && verb?.takesCommand === true,
  };
}

function flagsOf({ flags }: Verb): readonly NamedFlag[] {
  return Object.entries(flags).map(([name, flag]) => ({ name, flag }));
}

function waitsForValue(found: NamedFlag | undefined, word: string): boolean {
  return found !== undefined && !standsAlone(found.flag) && !word.includes('=');
}

function flagOf(word: string, flags: readonly NamedFlag[]): NamedFlag | undefined {
  const typed = word.replace(/=.*$/s, '');
  return flags.find(
    ({ name, flag: { short } }) => typed === `--${name}` || (short !== undefined && typed === `-${short}`),
  );
}

function flagCandidates({ flags, given }: Line): readonly Candidate[] {
  const open = flags.filter(({ name, flag }) => flag.kind === 'list' || !given.includes(name));
  return [
    ...open.flatMap(({ name, flag }) =>
      flag.kind === 'value' && flag.implied !== undefined
        ? choicesOf(flag).map((choice) => ({ word: `--${name}=${choice}`, about: flag.describe }))
        : [{ word: `--${name}`, about: flag.describe }],
    ),
    { word: '--help', about: 'Help for the command' },
  ];
}

function valueOf({ flag }: NamedFlag, typed: string, line: Line): Wanted {
  if (flag.kind === 'switch') return listed(typed, [{ word: 'true' }, { word: 'false' }]);
  switch (flag.completes) {
    case undefined:
      return listed(
        typed,
        choicesOf(flag).map((word) => ({ word })),
      );
    case 'files':
      return { from: 'files', typed };
    case 'owners':
      return { from: 'owners', given: line.arguments, typed };
    case 'contexts':
    case 'clusters':
    case 'users':
      return { from: 'kubeconfig', what: flag.completes, typed };
    default:
      return oneMoreOf(flag.completes.list, typed);
  }
}

/** One more word of a list behind those before the comma. */
function oneMoreOf(list: readonly string[], typed: string): Wanted {
  const before = typed.slice(0, typed.lastIndexOf(',') + 1);
  const left = list.filter((word) => !before.split(',').includes(word));
  const candidates = left.map((word) => ({ word: `${before}${word}` }));
  return { from: 'list', typed, candidates, directive: DIRECTIVE.noFiles + DIRECTIVE.noSpace };
}

function argumentOf({ names }: Verb, typed: string, line: Line): Wanted {
  switch (names) {
    case 'nodes':
    case 'held nodes':
      return oneMoreNode(names === 'held nodes', typed, line);
    case 'shell':
      return listed(typed, line.arguments.length > 0 ? [] : SHELLS.map((word) => ({ word })));
    // What was refused is in Events, of which there may be very many: nobody waits for them between two keys.
    case 'refused work':
    case 'job':
    case undefined:
      return listed(typed, []);
  }
}

function oneMoreNode(onlyHeld: boolean, typed: string, line: Line): Wanted {
  if (line.given.includes('selector')) return listed(typed, []);
  const [type = ''] = TYPE.exec(typed) ?? [];
  const given = line.arguments.map((word) => word.replace(TYPE, ''));
  return { from: 'nodes', onlyHeld, given, type, typed };
}

function listed(typed: string, candidates: readonly Candidate[]): Wanted {
  return { from: 'list', typed, candidates, directive: DIRECTIVE.noFiles + DIRECTIVE.keepOrder };
}
