import { MaintError } from '../../shared/index.ts';
import type { ClusterFlags, Caller } from '../session/connect.ts';
import type { ExitCode } from '../terminal/exit-codes.ts';
import type { FlagTable, FlagValues } from './flag.ts';
import { readValues } from './read-values.ts';
import { PROGRAM, type GivenFlag, type Words } from './words.ts';

/** A command line and what it does. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

/** What a command line asks for, as a value. */
export interface Operation {
  readonly verb: string;
  readonly cluster?: ClusterFlags | undefined;
}

/** What a command line asks for, and how that is carried out. */
export interface Task {
  readonly operation: Operation;
  /** Whether it may have changed something when it is interrupted. */
  readonly changes: boolean;
  /** Rejects with MaintError. */
  readonly carryOut: (caller: Caller) => Promise<ExitCode>;
}

/** A command by its name, before anything of it is loaded. */
export interface VerbEntry {
  readonly name: string;
  readonly load: () => Promise<Verb>;
}

/** Every command of a program. */
export interface Commands {
  readonly verbs: readonly VerbEntry[];
  /** What the words of an unfinished command line ask for: candidates for the last one. Never rejects. */
  readonly completing: (words: readonly string[], verbs: readonly VerbEntry[]) => Promise<Task>;
}

/** Loads commands, for what is about all of them: the overview, completion, the reference. */
export function loadedVerbs(entries: readonly VerbEntry[]): Promise<readonly Verb[]> {
  return Promise.all(entries.map(({ load }) => load()));
}

/** A command of the plugin as data: what parsing, help, completion and the reference are made of. */
export interface Verb {
  readonly name: string;
  /** What its words name that are no flags: nodes, those in maintenance only, a shell, a Job, refused work; undefined: there are none. */
  readonly names: 'nodes' | 'held nodes' | 'shell' | 'job' | 'refused work' | undefined;
  /** What follows the name, as people read it. */
  readonly usage: string;
  /** What it does, as a sentence without a full stop. */
  readonly about: string;
  readonly flags: FlagTable;
  readonly examples: readonly Example[];
  /** What stands behind `--` is a command that it carries out. */
  readonly takesCommand: boolean;
  /** What a command line asks for. Rejects with MaintError('usage'). */
  readonly ask: (words: Words) => Promise<Task>;
}

/** A command line as its verb works with it. */
export interface Given<Table extends FlagTable> {
  readonly values: FlagValues<Table>;
  readonly names: readonly string[];
  /** What stands behind `--` where the verb carries out a command. */
  readonly command: readonly string[];
  /** The flags as they were given, in their order. */
  readonly flags: readonly GivenFlag[];
}

/** What a verb says of itself. */
interface Definition<Table extends FlagTable, Asked extends Operation> extends Pick<Verb, 'name' | 'usage' | 'about'> {
  readonly names?: Verb['names'];
  readonly flags: Table;
  readonly examples?: readonly Example[];
  readonly takesCommand?: true;
  /** Does more than to read. */
  readonly changes?: true;
  /** What a command line asks for. Throws MaintError('usage'). */
  readonly operation: (given: Given<Table>) => Asked;
  /** Carries it out; what that takes is loaded then. */
  readonly carryOut: (operation: Asked, caller: Caller) => Promise<ExitCode>;
}

/** Makes a verb of what it says of itself. */
export function verb<Table extends FlagTable, Asked extends Operation>(said: Definition<Table, Asked>): Verb {
  const { names, takesCommand = false, examples = [], changes = false } = said;
  return {
    ...said,
    names,
    examples,
    takesCommand,
    ask: async (words) => {
      const values = await readValues(said.flags, words.flags, `${PROGRAM} ${said.name}`);
      const [own, command] = takesCommand ? [words.names, words.behind] : [[...words.names, ...words.behind], []];
      const [extra] = names === undefined ? own : [];
      if (extra !== undefined)
        throw new MaintError('usage', `unknown argument: ${extra}`, { hint: `${PROGRAM} ${said.name} --help` });
      const operation = said.operation({ values, names: own, command, flags: words.flags });
      return { operation, changes, carryOut: (caller) => said.carryOut(operation, caller) };
    },
  };
}
