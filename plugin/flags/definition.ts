import yargs, { type Argv, type Options } from 'yargs';
import type { Verb } from './verbs.ts';

/** A flag, as help, completion and docs tell of it. */
export interface Flag {
  /** Without dashes. */
  readonly name: string;
  /** The letter of its short form. */
  readonly short: string | undefined;
  /** False for a switch. */
  readonly takesValue: boolean;
  /** What its value may be; empty: anything. */
  readonly choices: readonly string[];
  /** Its value where it is not given, as kubectl writes it: `''`, `false`, `30s`, `[]`. */
  readonly initial: string;
  readonly isRepeatable: boolean;
  readonly describe: string;
  /** The heading that it stands under, with a colon; undefined: `Options:`. */
  readonly group: string | undefined;
}

/** A command line and what it does. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

/** A command with everything that is said of it. */
export interface Definition extends Pick<Verb, 'name' | 'words' | 'usage' | 'about'> {
  readonly flags: readonly Flag[];
  readonly examples: readonly Example[];
}

/** Reads a command's flags off from what it tells yargs, so that nothing is said twice. */
export function definitionOf(verb: Verb): Definition {
  const flags = new Map<string, Flag>();
  const examples: Example[] = [];
  const listener: Argv = new Proxy(yargs(), {
    get: (_target, key): unknown => {
      switch (key) {
        case 'option':
          return (name: string, options: Options): Argv => {
            // Told again it is another flag in the same place, as it is to yargs.
            flags.set(name, flagFrom(name, { group: flags.get(name)?.group, ...options }));
            return listener;
          };
        case 'example':
          return (line: string, does: string): Argv => {
            examples.push({ line: line.replace('$0', PROGRAM), does });
            return listener;
          };
        case 'positional':
          return (): Argv => listener;
        default:
          throw new Error(`${verb.name}: nobody listens to ${String(key)}`);
      }
    },
  });
  verb.tell(listener);
  const { name, words, usage, about } = verb;
  return { name, words, usage, about, flags: [...flags.values()], examples };
}

/** How people call it. */
export const PROGRAM = 'kubectl maint';

function flagFrom(name: string, { alias, type, choices, default: initial, array, describe, group }: Options): Flag {
  return {
    name,
    short: typeof alias === 'string' ? alias : undefined,
    takesValue: type !== 'boolean',
    choices: (choices ?? []).map(String),
    initial: initialOf(initial, type === 'boolean', array === true),
    isRepeatable: array === true,
    describe: typeof describe === 'string' ? describe : '',
    group,
  };
}

/** Numbers and durations stand without quotes. */
const BARE = /^-?\d+[smh]?$/;

function initialOf(initial: unknown, isSwitch: boolean, isList: boolean): string {
  if (isSwitch) return initial === true ? 'true' : 'false';
  if (isList) return '[]';
  const text = typeof initial === 'string' ? initial : '';
  return BARE.test(text) ? text : `'${text}'`;
}
