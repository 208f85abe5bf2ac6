import type { Argv } from 'yargs';
import type { OffOperation } from '../operation.ts';
import { clusterFlags, clusterOptions } from './cluster.ts';
import { requiredNodes, SELECTOR } from './nodes.ts';
import { last, textFlag, timeoutFlag } from './values.ts';

/** The flags of `kubectl maint off`. */
export function offOptions<T>(yargs: Argv<T>) {
  return clusterOptions(yargs)
    .positional('node', { type: 'string', array: true, describe: 'Nodes to bring back' })
    .option('selector', SELECTOR)
    .option('owner', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe: 'Whose claim to drop; your own by default',
    })
    .option('healthy-for', {
      type: 'string',
      default: '30s',
      requiresArg: true,
      coerce: last<string>,
      describe: 'How long the node must stay clean: Ready, heartbeat in time, no pressure',
    })
    .option('skip-health-check', {
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: 'Bring the node back whatever its health',
    })
    .option('timeout', {
      type: 'string',
      default: '10m',
      requiresArg: true,
      coerce: last<string>,
      describe: 'How long to wait for each node before giving up; 0 = no limit',
    })
    .example('$0 off worker-3', 'bring worker-3 back when it is healthy');
}

type OffArguments = Awaited<ReturnType<typeof offOptions<unknown>>['argv']>;

/** What the flags ask for. Throws MaintError('usage'). */
export function offOperation(argv: OffArguments): OffOperation {
  return {
    verb: 'off',
    cluster: clusterFlags(argv),
    nodes: requiredNodes('off', argv.node ?? [], argv.selector),
    owner: textFlag('--owner', argv.owner),
    skipHealthCheck: argv['skip-health-check'] === true,
    healthyForMs: timeoutFlag('--healthy-for', argv['healthy-for'] ?? '30s'),
    timeoutMs: timeoutFlag('--timeout', argv.timeout ?? '10m'),
  };
}
