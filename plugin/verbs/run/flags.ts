import { clusterFlags, CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { asTyped, oneOf, type FlagTable } from '../../command-line/flag.ts';
import { requiredNodes, SELECTOR_FLAG } from '../../command-line/node-choice.ts';
import { countFlag, timeoutFlag } from '../../command-line/values.ts';
import { verb } from '../../command-line/verb.ts';
import type { GivenFlag } from '../../command-line/words.ts';
import type { NodeCommand } from '../../command-line/operation.ts';
import { MaintError } from '../../../shared/index.ts';
import { HEALTH_FLAGS, healthFlags } from '../off/health-flags.ts';
import { CLAIM_FLAGS, claimFlags, markFlags } from '../on/claim-flags.ts';
import { DRAIN_FLAGS, drainFlags, paceFlags } from '../on/drain-flags.ts';

const group = 'Running:';

/** Those of on and off, and its own. */
const FLAGS = {
  ...CONNECTION_FLAGS,
  ...DRAIN_FLAGS,
  ...CLAIM_FLAGS,
  ...HEALTH_FLAGS,
  ...SELECTOR_FLAG,
  // Unlike `on`, which only moves pods: a command that harms a node shall not harm ten.
  'max-parallel': {
    ...DRAIN_FLAGS['max-parallel'],
    default: '1',
    value: countFlag,
    describe: 'Nodes that are under way at once; 0 = all. Budgets hold across all of them',
  },
  timeout: {
    ...DRAIN_FLAGS.timeout,
    describe: 'How long to wait for the drain of each node before giving up; 0 = no limit',
  },
  'command-timeout': {
    kind: 'value',
    default: '0',
    group,
    value: timeoutFlag,
    describe:
      'How long the command may take on each node before it is stopped with all that it has started; 0 = no limit',
  },
  'healthy-timeout': {
    kind: 'value',
    default: '10m',
    group,
    value: timeoutFlag,
    describe: 'How long to wait for each node to be healthy after the command; 0 = no limit',
  },
  'output-dir': {
    kind: 'value',
    group,
    value: asTyped,
    completes: 'files',
    describe: 'Folder for NODE.stdout and NODE.stderr, as the command wrote them; --resume adds to them',
  },
  resume: {
    kind: 'switch',
    default: false,
    group,
    describe: 'Go on with nodes that are in maintenance for the same owner: the command runs there again',
  },
  'dry-run': {
    ...oneOf('none', 'client'),
    default: 'none',
    implied: 'client',
    describe: 'client prints what would be done on each node, in order, and changes nothing',
  },
} as const satisfies FlagTable;

/** `kubectl maint run` */
export const run = verb({
  name: 'run',
  names: 'nodes',
  usage: '(NODE... | -l SELECTOR) -- COMMAND [ARG...]',
  about: 'Run a command on nodes in maintenance, one after the other',
  takesCommand: true,
  flags: FLAGS,
  examples: [
    {
      line: 'kubectl maint run worker-1 worker-2 -- ./upgrade.sh',
      does: 'drain, ./upgrade.sh with NODE and NODE_IP in its environment, back when healthy; then the next',
    },
    {
      line: 'kubectl maint run -l rack=b7 -- sh -c \'ssh "$NODE_IP" sudo apt-get -y upgrade\'',
      does: 'a shell where one is wanted',
    },
  ],
  operation: ({ values, names, command, flags }) => {
    const cluster = clusterFlags(values);
    const nodes = requiredNodes('run', names, values.selector, COMMAND_PLACE);
    const claim = claimFlags(values);
    const pace = paceFlags(values);
    return {
      verb: 'run',
      cluster,
      nodes,
      command: nodeCommand(command),
      on: {
        verb: 'on',
        cluster,
        nodes,
        claim,
        drain: drainFlags(values),
        pace,
        ...markFlags(values),
        timeoutMs: values.timeout,
        dryRun: values['dry-run'],
        rollback: false,
        format: 'text',
      },
      off: {
        verb: 'off',
        cluster,
        nodes,
        owner: claim.owner,
        all: false,
        maxParallel: 1,
        ...healthFlags(values),
        timeoutMs: values['healthy-timeout'],
        format: 'text',
      },
      maxParallel: pace.maxParallel,
      commandTimeoutMs: values['command-timeout'],
      outputDir: values['output-dir'],
      resume: values.resume,
      dryRun: values['dry-run'] === 'client',
      flags: flags.filter(({ name }) => !REPLACED.includes(name)).map(flagWord),
    };
  },
});

/** Where a command belongs that was taken for a node. */
const COMMAND_PLACE = 'the command goes after --: kubectl maint run NODE... -- COMMAND';

function nodeCommand([program, ...args]: readonly string[]): NodeCommand {
  if (program !== undefined && program !== '') return { program, args };
  throw new MaintError('usage', 'no command is given', {
    hint: 'kubectl maint run NODE... -- COMMAND [ARG...]; everything after -- is the command, without a shell',
  });
}

/** Flags that a line for going on says in another way: nodes by name, and --resume once. */
const REPLACED: readonly string[] = ['selector', 'resume'];

/** A bearer token has no place on a screen or in a log: whoever goes on puts it in again. */
const SECRET = 'token';

/** A flag as a word that says it again. */
function flagWord({ name, value = '' }: GivenFlag): string {
  const isSwitch = FLAG_KINDS.get(name) === 'switch';
  if (isSwitch && value === 'true') return `--${name}`;
  return `--${name}=${name === SECRET ? 'TOKEN' : value}`;
}

const FLAG_KINDS: ReadonlyMap<string, string> = new Map(Object.entries(FLAGS).map(([name, { kind }]) => [name, kind]));
