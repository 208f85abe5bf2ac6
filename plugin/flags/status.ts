import type { Argv } from 'yargs';
import type { StatusFormat, StatusOperation } from '../operation.ts';
import { clusterFlags, clusterOptions } from './cluster.ts';
import { nodeChoice, SELECTOR } from './nodes.ts';
import { last } from './values.ts';

/** The flags of `kubectl maint status`. */
export function statusOptions<T>(yargs: Argv<T>) {
  return clusterOptions(yargs)
    .positional('node', {
      type: 'string',
      array: true,
      describe: 'Nodes to show; by default those in maintenance or cordoned',
    })
    .option('selector', SELECTOR)
    .option('output', {
      alias: 'o',
      type: 'string',
      choices: ['wide', 'json', 'yaml', 'name'] as const,
      requiresArg: true,
      coerce: last<StatusFormat>,
      describe: 'Output format',
    })
    .option('exit-code', {
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: 'Exit 6 when some node is in maintenance',
    })
    .example('$0 status', 'what is in maintenance, since when, and by whom');
}

type StatusArguments = Awaited<ReturnType<typeof statusOptions<unknown>>['argv']>;

/** What the flags ask for. Throws MaintError('usage'). */
export function statusOperation(argv: StatusArguments): StatusOperation {
  return {
    verb: 'status',
    cluster: clusterFlags(argv),
    nodes: nodeChoice(argv.node ?? [], argv.selector),
    format: argv.output ?? 'table',
    exitCode: argv['exit-code'] === true,
  };
}
