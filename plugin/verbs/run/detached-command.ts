import { MaintError } from '../../../shared/index.ts';
import type { Detached } from '../../detached/asked.ts';

/** Flags whose value is a command that is carried out where the run is. */
const COMMANDS = ['check'];

/** A flag that has the command carried out on the node itself. */
const ON_NODE = 'on-node';

/** The webhook's image holds no other program, not even a shell. Throws MaintError('usage'). */
export function refuseCommandOfHere(detached: Detached | undefined): void {
  if (detached === undefined || detached.image !== undefined) return;
  const { flags } = detached;
  const isGiven = (name: string): boolean =>
    flags.some((flag) => flag === `--${name}` || flag.startsWith(`--${name}=`));
  const local = COMMANDS.filter(isGiven).map((name) => `the command of --${name}`);
  const [what] = isGiven(ON_NODE) ? local : ['the command', ...local];
  if (what === undefined) return;
  throw new MaintError(
    'usage',
    `${what} would run in the image of the webhook, which holds no programs, not even a shell`,
    {
      hint: 'name an image that holds the command and the plugin: --image=IMAGE (docs/run.md)',
    },
  );
}
