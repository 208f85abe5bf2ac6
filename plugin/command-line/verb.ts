import { MaintError } from '../../shared/index.ts';
import type { Operation } from './operation.ts';
import type { FlagTable, FlagValues } from './flag.ts';
import { readValues } from './read-values.ts';
import { PROGRAM, type GivenFlag, type Words } from './words.ts';

/** A command line and what it does. */
export interface Example {
  readonly line: string;
  readonly does: string;
}

/** A command by its name, before anything of it is loaded. */
export interface VerbEntry {
  readonly name: string;
  readonly load: () => Promise<Verb>;
}

/** Loads commands, for what is about all of them: the overview, completion, the reference. */
export function loadedVerbs(entries: readonly VerbEntry[]): Promise<readonly Verb[]> {
  return Promise.all(entries.map(({ load }) => load()));
}

/** A command of the plugin as data: what parsing, help, completion and the reference are made of. */
export interface Verb {
  readonly name: string;
  /** What its words name that are no flags: nodes, those in maintenance only, a shell; undefined: there are none. */
  readonly names: 'nodes' | 'held nodes' | 'shell' | undefined;
  /** What follows the name, as people read it. */
  readonly usage: string;
  /** What it does, as a sentence without a full stop. */
  readonly about: string;
  readonly flags: FlagTable;
  readonly examples: readonly Example[];
  /** What stands behind `--` is a command that it carries out. */
  readonly takesCommand: boolean;
  /** What a command line asks for. Rejects with MaintError('usage'). */
  readonly ask: (words: Words) => Promise<Operation>;
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
interface Definition<Table extends FlagTable> extends Pick<Verb, 'name' | 'usage' | 'about'> {
  readonly names?: Verb['names'];
  readonly flags: Table;
  readonly examples?: readonly Example[];
  readonly takesCommand?: true;
  readonly operation: (given: Given<Table>) => Operation;
}

/** Makes a verb of what it says of itself. */
export function verb<Table extends FlagTable>(said: Definition<Table>): Verb {
  const { names, takesCommand = false, examples = [], operation } = said;
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
      return operation({ values, names: own, command, flags: words.flags });
    },
  };
}
