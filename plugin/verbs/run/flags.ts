import { clusterFlags, CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { asTyped, oneOf, type FlagTable } from '../../command-line/flag.ts';
import { requiredNodes, SELECTOR_FLAG } from '../../command-line/node-choice.ts';
import { countFlag, timeoutFlag } from '../../command-line/values.ts';
import { verb } from '../../command-line/verb.ts';
import type { GivenFlag } from '../../command-line/words.ts';
import type { NodeCommand } from './command/child.ts';
import { MaintError } from '../../../shared/index.ts';
import { HEALTH_FLAGS, healthFlags } from '../off/health-flags.ts';
import { CLAIM_FLAGS, claimFlags, markFlags } from '../on/claim-flags.ts';
import { DRAIN_FLAGS, drainFlags, paceFlags } from '../on/drain-flags.ts';
import type { ClusterFlags } from '../../session/connect.ts';
import type { NodeChoice } from '../../nodes/choose.ts';
import type { OffOperation } from '../off/flags.ts';
import type { OnOperation } from '../on/flags.ts';
import { inSession } from '../../session/in-session.ts';
import type { Session } from '../../session/session.ts';

/** `kubectl maint run` */
export interface RunOperation {
  readonly verb: 'run';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  readonly command: NodeCommand;
  /** How each node is taken into maintenance, and brought back; both name all nodes. */
  readonly on: OnOperation;
  readonly off: OffOperation;
  /** Nodes under way at once; 0 = all. */
  readonly maxParallel: number;
  /** Milliseconds for the command on each node; 0 = no limit. */
  readonly commandTimeoutMs: number;
  /** Folder for what the command writes; undefined: only the screen. */
  readonly outputDir: string | undefined;
  /** Goes on with nodes that are in maintenance for this owner already. */
  readonly resume: boolean;
  /** Prints what would be done. */
  readonly dryRun: boolean;
  /** The flags as words, for the line that goes on; without nodes and `--resume`. */
  readonly flags: readonly string[];
}

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
  operation: ({ values, names, command, flags }): RunOperation => {
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
  changes: true,
  carryOut: async (operation, caller) => {
    const { runCommandOnNodes } = await import('./run.ts');
    const { stdin, stdout, stderr, env } = process;
    const onTerminal = [stdin, stdout, stderr].some(({ isTTY }) => isTTY);
    const ports = { env, canAnswer: stdin.isTTY, onTerminal, signals: process };
    const work = (session: Session) => runCommandOnNodes(operation, session, ports);
    // What the commands write goes to the same terminal.
    return inSession(operation.cluster, caller, work, { isShared: true });
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
