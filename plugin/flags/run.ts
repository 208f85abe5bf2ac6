import type { Argv } from 'yargs';
import { MaintError } from '../../shared/index.ts';
import type { NodeCommand, RunOperation } from '../operation.ts';
import { claimFlags, claimOptions, markFlags } from './claim.ts';
import { clusterFlags, clusterOptions } from './cluster.ts';
import { drainFlags, drainOptions, paceFlags } from './drain.ts';
import { healthFlags, healthOptions } from './health.ts';
import { requiredNodes, SELECTOR } from './nodes.ts';
import { flagsAgain } from './again.ts';
import { last, timeoutFlag } from './values.ts';
import type { Words } from './words.ts';

const GROUP = 'Running:';

/** The flags of `kubectl maint run`: those of on and off, and its own. */
export function runOptions<T>(yargs: Argv<T>) {
  return (
    healthOptions(claimOptions(drainOptions(clusterOptions(yargs))))
      .positional('node', { type: 'string', array: true, describe: 'Nodes to go through, in this order' })
      .option('selector', SELECTOR)
      // Unlike `on`, which only moves pods: a command that harms a node shall not harm ten.
      .option('max-parallel', {
        type: 'string',
        default: '1',
        requiresArg: true,
        coerce: last<string>,
        describe: 'Nodes that are under way at once; 0 = all. Budgets hold across all of them',
      })
      .option('timeout', {
        type: 'string',
        default: '0',
        requiresArg: true,
        coerce: last<string>,
        describe: 'How long to wait for the drain of each node before giving up; 0 = no limit',
      })
      .option('command-timeout', {
        type: 'string',
        default: '0',
        group: GROUP,
        requiresArg: true,
        coerce: last<string>,
        describe:
          'How long the command may take on each node before it is stopped with all that it has started; 0 = no limit',
      })
      .option('healthy-timeout', {
        type: 'string',
        default: '10m',
        group: GROUP,
        requiresArg: true,
        coerce: last<string>,
        describe: 'How long to wait for each node to be healthy after the command; 0 = no limit',
      })
      .option('output-dir', {
        type: 'string',
        group: GROUP,
        requiresArg: true,
        coerce: last<string>,
        describe: 'Folder for NODE.stdout and NODE.stderr, as the command wrote them; --resume adds to them',
      })
      .option('resume', {
        type: 'boolean',
        default: false,
        group: GROUP,
        coerce: last<boolean>,
        describe: 'Go on with nodes that are in maintenance for the same owner: the command runs there again',
      })
      .option('dry-run', {
        type: 'string',
        choices: ['none', 'client'] as const,
        default: 'none' as const,
        requiresArg: true,
        coerce: last<'none' | 'client'>,
        describe: 'client prints what would be done on each node, in order, and changes nothing',
      })
      .example(
        '$0 run worker-1 worker-2 -- ./upgrade.sh',
        'drain, ./upgrade.sh with NODE and NODE_IP in its environment, back when healthy; then the next',
      )
      .example('$0 run -l rack=b7 -- sh -c \'ssh "$NODE_IP" sudo apt-get -y upgrade\'', 'a shell where one is wanted')
  );
}

type RunArguments = Awaited<ReturnType<typeof runOptions<unknown>>['argv']>;

/** What the flags ask for. Throws MaintError('usage'). */
export function runOperation(argv: RunArguments, { ours, command }: Words): RunOperation {
  const cluster = clusterFlags(argv);
  const nodes = requiredNodes('run', argv.node ?? [], argv.selector, COMMAND_PLACE);
  const claim = claimFlags(argv);
  const pace = paceFlags(argv);
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
      drain: drainFlags(argv),
      pace,
      ...markFlags(argv),
      timeoutMs: timeoutFlag('--timeout', argv.timeout ?? '0'),
      dryRun: argv['dry-run'] ?? 'none',
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
      ...healthFlags(argv),
      timeoutMs: timeoutFlag('--healthy-timeout', argv['healthy-timeout'] ?? '10m'),
      format: 'text',
    },
    maxParallel: pace.maxParallel,
    commandTimeoutMs: timeoutFlag('--command-timeout', argv['command-timeout'] ?? '0'),
    outputDir: argv['output-dir'],
    resume: argv.resume === true,
    dryRun: argv['dry-run'] === 'client',
    flags: flagsAgain(ours, argv),
  };
}

/** Where a command belongs that was taken for a node. */
const COMMAND_PLACE = 'the command goes after --: kubectl maint run NODE... -- COMMAND';

function nodeCommand([program, ...args]: readonly string[]): NodeCommand {
  if (program !== undefined && program !== '') return { program, args };
  throw new MaintError('usage', 'no command is given', {
    hint: 'kubectl maint run NODE... -- COMMAND [ARG...]; everything after -- is the command, without a shell',
  });
}
