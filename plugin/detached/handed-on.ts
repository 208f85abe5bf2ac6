import { CONNECTION_FLAGS } from '../command-line/connection.ts';
import type { FlagTable } from '../command-line/flag.ts';
import { flagWord } from '../command-line/flag-word.ts';
import type { GivenFlag } from '../command-line/words.ts';
import { MaintError } from '../../shared/index.ts';
import { DETACH_FLAGS } from './flags.ts';

/** Connection flags that mean the same in the Job: what it says, and how long it waits. The others lead there from here. */
const ABOUT_CALLS: readonly string[] = ['request-timeout', 'v', 'warnings-as-errors'];

/** Connection flags that lead to another cluster than the context's, which a next command needs as well. */
const WHERE: readonly string[] = Object.keys(CONNECTION_FLAGS).filter(
  (name) => ![...ABOUT_CALLS, 'namespace', 'all-namespaces'].includes(name),
);

/** Flags that the Job is told in another way: nodes by name, whose maintenance it is, and that it goes on. */
const REPLACED: readonly string[] = ['selector', 'owner', 'resume', 'run-id'];

/** Flags that have no place in a Job, and why. */
const UNFIT: ReadonlyMap<string, string> = new Map([
  ['dry-run', 'a dry run changes nothing, and needs no Job: leave out --detach'],
  ['rollback', 'a Job that is moved to another node would take back what it has done each time'],
]);

/** A command line, as far as another process is told of it. */
export interface Line {
  readonly flags: readonly GivenFlag[];
  readonly table: FlagTable;
}

/** The flags of a command line as the Job gets them. Throws MaintError('usage') where one of them cannot be carried out there. */
export function handedOn({ flags, table }: Line): readonly string[] {
  const left = flags.filter(({ name }) => !isAboutHere(name) && !REPLACED.includes(name));
  for (const { name, value } of left) {
    // `--rollback=false` asks for nothing.
    const why = value === 'false' || value === 'none' ? undefined : UNFIT.get(name);
    if (why !== undefined) throw new MaintError('usage', `--${name} and --detach cannot both be given: ${why}`);
    const flag = table[name];
    if (flag !== undefined && 'completes' in flag && flag.completes === 'files')
      throw new MaintError(
        'usage',
        `--${name} names a file of this machine, which the Job in the cluster does not have`,
        {
          hint: 'leave it out, or leave out --detach; what the Job says is in its log',
        },
      );
  }
  return left.map((flag) => flagWord(flag, table));
}

/** The flags by which a next command reaches the same cluster. */
export function wayThere({ flags, table }: Line): readonly string[] {
  return flags.filter(({ name }) => WHERE.includes(name)).map((flag) => flagWord(flag, table));
}

function isAboutHere(name: string): boolean {
  return Object.hasOwn(DETACH_FLAGS, name) || (Object.hasOwn(CONNECTION_FLAGS, name) && !ABOUT_CALLS.includes(name));
}
