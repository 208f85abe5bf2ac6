import type { Argv } from 'yargs';
import { MaintError } from '../../shared/index.ts';
import type { StatusFormat, StatusOperation } from '../operation.ts';
import { clusterFlags, clusterOptions } from './cluster.ts';
import { nodeChoice, SELECTOR } from './nodes.ts';
import { integerFlag, last } from './values.ts';

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
    .option('no-headers', {
      type: 'boolean',
      coerce: last<boolean>,
      describe: 'Print the table without the names of its columns',
    })
    .option('width', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe: "Cut the lines of the table after so many characters; 0 = never; by default the terminal's width",
    })
    .option('watch', {
      alias: 'w',
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: 'After showing them, watch for changes',
    })
    .option('exit-code', {
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: 'Exit 6 when some node is in maintenance',
    })
    .example('$0 status', 'what is in maintenance, since when, and by whom')
    .example('$0 status worker-3', 'everything about one node: what is left, what blocks, whose claims')
    .example('$0 status worker-3 -w -o wide', 'follow how worker-3 is drained')
    .example('$0 status --exit-code -o name', 'for scripts: exit 6 while some node is in maintenance');
}

type StatusArguments = Awaited<ReturnType<typeof statusOptions<unknown>>['argv']>;

/** What the flags ask for. Throws MaintError('usage'). */
export function statusOperation(argv: StatusArguments): StatusOperation {
  const [watch, exitCode] = [argv.watch === true, argv['exit-code'] === true];
  if (watch && exitCode)
    throw new MaintError('usage', '--watch and --exit-code cannot both be given: a watch does not end');
  const nodes = nodeChoice(argv.node ?? [], argv.selector);
  const noHeaders = argv['no-headers'];
  // What `kubectl describe` is to `get`.
  const isOne = nodes.names.length === 1 && !watch && noHeaders !== true;
  return {
    verb: 'status',
    cluster: clusterFlags(argv),
    nodes,
    format: argv.output ?? (isOne ? 'node' : 'table'),
    noHeaders,
    width: widthFlag(argv.width),
    watch,
    exitCode,
  };
}

function widthFlag(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const width = integerFlag('--width', text);
  if (width < 0) throw new MaintError('usage', '--width: a line has no fewer than 0 characters');
  return width;
}
