import type { Argv } from 'yargs';
import { MaintError } from '../../shared/index.ts';
import type { OffOperation } from '../operation.ts';
import { clusterFlags, clusterOptions } from './cluster.ts';
import { healthFlags, healthOptions } from './health.ts';
import { requiredNodes, SELECTOR } from './nodes.ts';
import { countFlag, last, textFlag, timeoutFlag } from './values.ts';

/** The flags of `kubectl maint off`. */
export function offOptions<T>(yargs: Argv<T>) {
  return healthOptions(clusterOptions(yargs))
    .positional('node', { type: 'string', array: true, describe: 'Nodes to bring back' })
    .option('selector', SELECTOR)
    .option('owner', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe: 'Whose claim to drop; your own by default',
    })
    .option('all', {
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: "Drop everybody's claims on these nodes, and say whose",
    })
    .option('max-parallel', {
      type: 'string',
      default: '10',
      requiresArg: true,
      coerce: last<string>,
      describe: 'Nodes that are brought back at once; 0 = all',
    })
    .option('timeout', {
      type: 'string',
      default: '10m',
      requiresArg: true,
      coerce: last<string>,
      describe: 'How long to wait for each node before giving up; 0 = no limit',
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      choices: ['json'] as const,
      requiresArg: true,
      coerce: last<'json'>,
      describe: 'json: a stream of events, one JSON object a line',
    })
    .example('$0 off worker-3', 'bring worker-3 back when it is healthy')
    .example('$0 off -l rack=b7 --max-parallel=3', 'bring a rack back, three nodes at once')
    .example('$0 off worker-3 --owner ben', 'drop the claim of somebody else')
    .example('$0 off worker-3 --all', "drop everybody's claims");
}

type OffArguments = Awaited<ReturnType<typeof offOptions<unknown>>['argv']>;

/** What the flags ask for. Throws MaintError('usage'). */
export function offOperation(argv: OffArguments): OffOperation {
  if (argv.all === true && argv.owner !== undefined) {
    throw new MaintError('usage', '--all and --owner cannot both be given');
  }
  return {
    verb: 'off',
    cluster: clusterFlags(argv),
    nodes: requiredNodes('off', argv.node ?? [], argv.selector),
    owner: textFlag('--owner', argv.owner),
    all: argv.all === true,
    maxParallel: countFlag('--max-parallel', argv['max-parallel'] ?? '10'),
    ...healthFlags(argv),
    timeoutMs: timeoutFlag('--timeout', argv.timeout ?? '10m'),
    format: argv.output ?? 'text',
  };
}
