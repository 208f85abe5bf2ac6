import { LIFTABLE_RULES } from '../../shared/index.ts';
import type { Definition, Flag } from '../flags/definition.ts';
import { TYPE } from '../flags/nodes.ts';
import { IMPLIED_VALUES } from '../flags/words.ts';
import type { Candidate, KubeconfigNames, Wanted } from './candidates.ts';
import { SHELLS } from './scripts.ts';

/** What the shell may do with candidates, as a sum (spf13/cobra, ShellCompDirective). */
export const DIRECTIVE = { files: 0, noSpace: 2, noFiles: 4, keepOrder: 32 } as const;

/** Commands that have something to do for nodes in maintenance only. */
const ONLY_HELD = ['off', 'allow'];

/** Finds out what is being typed: the last word, possibly empty, after all others. Pure. */
export function wantedFor(words: readonly string[], definitions: readonly Definition[]): Wanted {
  const typed = words.at(-1) ?? '';
  const line = lineFrom(words.slice(0, -1), definitions);
  if (line.isCommand) return { from: 'files', typed };
  const value = valueBeingTyped(typed, line);
  if (value !== undefined) return valueOf(value.flag, value.typed, line);
  if (typed.startsWith('-')) return listed(typed, flagCandidates(line));
  if (line.verb !== undefined) return argumentOf(line.verb, typed, line);
  return listed(
    typed,
    definitions.map(({ name, about }) => ({ word: name, about })),
  );
}

/** `--flag=VAL`, or the word behind a flag that takes a value. */
function valueBeingTyped(typed: string, { flags, pending }: Line): { flag: Flag; typed: string } | undefined {
  if (pending !== undefined) return { flag: pending, typed };
  const [, name, behind = ''] = /^--([a-z-]+)=(.*)$/s.exec(typed) ?? [];
  const flag = flags.find((known) => known.name === name);
  return flag === undefined ? undefined : { flag, typed: behind };
}

/** A command line as far as it is typed. */
interface Line {
  readonly verb: Definition | undefined;
  /** The flags of its verb; before the verb none are known. */
  readonly flags: readonly Flag[];
  /** Names of flags that are given. */
  readonly given: readonly string[];
  /** Words that are no flags, after the verb. */
  readonly arguments: readonly string[];
  /** A flag whose value is being typed. */
  readonly pending: Flag | undefined;
  /** A `--` was typed, behind which stands a command of somebody else's. */
  readonly isCommand: boolean;
}

function lineFrom(words: readonly string[], definitions: readonly Definition[]): Line {
  const verb = definitions.find(({ name }) => words.includes(name));
  const known = verb?.flags ?? definitions.flatMap(({ flags }) => flags);
  const flags = words.map((word) => flagOf(word, known));
  const awaits = (index: number): boolean => waitsForValue(flags[index], words[index] ?? '');
  const rest = words.filter((word, index) => !word.startsWith('-') && !awaits(index - 1));
  return {
    verb,
    flags: verb?.flags ?? [],
    given: flags.flatMap((flag) => (flag === undefined ? [] : [flag.name])),
    arguments: rest.slice(rest.indexOf(verb?.name ?? '') + 1),
    pending: awaits(words.length - 1) ? flags.at(-1) : undefined,
    isCommand: words.includes('--') && verb?.usage.includes(' -- ') === true,
  };
}

function waitsForValue(flag: Flag | undefined, word: string): boolean {
  return flag?.takesValue === true && !word.includes('=') && !IMPLIED_VALUES.has(flag.name);
}

function flagOf(word: string, flags: readonly Flag[]): Flag | undefined {
  const name = word.replace(/=.*$/s, '');
  return flags.find((flag) => name === `--${flag.name}` || name === `-${flag.short ?? ''}`);
}

function flagCandidates({ flags, given }: Line): readonly Candidate[] {
  const open = flags.filter(({ name, isRepeatable }) => isRepeatable || !given.includes(name));
  return [
    ...open.flatMap(({ name, describe, choices }) =>
      IMPLIED_VALUES.has(name)
        ? choices.map((choice) => ({ word: `--${name}=${choice}`, about: describe }))
        : [{ word: `--${name}`, about: describe }],
    ),
    { word: '--help', about: 'Help for the command' },
  ];
}

const KUBECONFIG: Readonly<Record<string, KubeconfigNames>> = {
  context: 'contexts',
  cluster: 'clusters',
  user: 'users',
};
const FILES = [
  'filename',
  'kubeconfig',
  'certificate-authority',
  'client-certificate',
  'client-key',
  'nodes',
  'policy',
  'output-dir',
];

function valueOf({ name, choices, takesValue }: Flag, typed: string, line: Line): Wanted {
  const what = KUBECONFIG[name];
  if (what !== undefined) return { from: 'kubeconfig', what, typed };
  if (FILES.includes(name)) return { from: 'files', typed };
  if (name === 'owner') return { from: 'owners', given: line.arguments, typed };
  if (name === 'rules') return rulesAfter(typed);
  return listed(
    typed,
    (takesValue ? choices : ['true', 'false']).map((word) => ({ word })),
  );
}

/** One more rule behind those before the comma. */
function rulesAfter(typed: string): Wanted {
  const before = typed.slice(0, typed.lastIndexOf(',') + 1);
  const left = LIFTABLE_RULES.filter((rule) => !before.split(',').includes(rule));
  const candidates = left.map((rule) => ({ word: `${before}${rule}` }));
  return { from: 'list', typed, candidates, directive: DIRECTIVE.noFiles + DIRECTIVE.noSpace };
}

function argumentOf({ name, words }: Definition, typed: string, line: Line): Wanted {
  switch (words) {
    case ' [node...]': {
      if (line.given.includes('selector')) return listed(typed, []);
      const [type = ''] = TYPE.exec(typed) ?? [];
      const given = line.arguments.map((word) => word.replace(TYPE, ''));
      return { from: 'nodes', onlyHeld: ONLY_HELD.includes(name), given, type, typed };
    }
    case ' [shell]':
      return listed(typed, line.arguments.length > 0 ? [] : SHELLS.map((word) => ({ word })));
    case '':
      return listed(typed, []);
  }
}

function listed(typed: string, candidates: readonly Candidate[]): Wanted {
  return { from: 'list', typed, candidates, directive: DIRECTIVE.noFiles + DIRECTIVE.keepOrder };
}
