import type { Argv } from 'yargs';
import type { ClaimFlags, DryRun, OnOperation } from '../operation.ts';
import { claimFlags, claimOptions, markFlags } from './claim.ts';
import { clusterFlags, clusterOptions } from './cluster.ts';
import { requiredNodes, SELECTOR } from './nodes.ts';
import { drainFlags, drainOptions, paceFlags } from './drain.ts';
import { last, timeoutFlag } from './values.ts';

/** The flags of `kubectl maint on`. */
export function onOptions<T>(yargs: Argv<T>) {
  return claimOptions(drainOptions(clusterOptions(yargs)))
    .positional('node', { type: 'string', array: true, describe: 'Nodes to take into maintenance' })
    .option('selector', SELECTOR)
    .option('no-drain', {
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe:
        'Only write what is said of it (owner, reason, ticket, end): nothing is evicted, and what was drained stays so',
    })
    .option('dry-run', {
      type: 'string',
      choices: ['none', 'client', 'server'] as const,
      default: 'none' as const,
      requiresArg: true,
      coerce: last<DryRun>,
      describe: 'client prints the plan; server lets the API server judge each step; neither changes anything',
    })
    .option('rollback', {
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: 'If it does not come to its end, take back what this run did: marks and cordons, not evictions',
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      choices: ['json'] as const,
      requiresArg: true,
      coerce: last<'json'>,
      describe: 'json: a stream of events, one JSON object a line',
    })
    .example(
      '$0 on worker-3 --reason "swap a disk" --for 2h',
      'drain worker-3 and keep backups, scans and add-on changes off it',
    )
    .example('$0 on -l rack=b7 --mode=cordon', 'only keep new work off a whole rack')
    .example('$0 on worker-3 --no-drain --for 4h', 'announce another end; nothing is evicted')
    .example('$0 on worker-3 --adopt --no-drain', 'take over a node that somebody has cordoned by hand, as it is');
}

type OnArguments = Awaited<ReturnType<typeof onOptions<unknown>>['argv']>;

/** A claim that moves nothing asks for no more than a cordon; one that asked for a drain before goes on to. */
function withoutDrain(claim: ClaimFlags): ClaimFlags {
  return { ...claim, mode: 'cordon', isChange: true };
}

/** What the flags ask for. Throws MaintError('usage'). */
export function onOperation(argv: OnArguments): OnOperation {
  return {
    verb: 'on',
    cluster: clusterFlags(argv),
    nodes: requiredNodes('on', argv.node ?? [], argv.selector),
    claim: argv['no-drain'] === true ? withoutDrain(claimFlags(argv)) : claimFlags(argv),
    drain: drainFlags(argv),
    pace: paceFlags(argv),
    ...markFlags(argv),
    timeoutMs: timeoutFlag('--timeout', argv.timeout ?? '0'),
    dryRun: argv['dry-run'] ?? 'none',
    rollback: argv.rollback === true,
    format: argv.output ?? 'text',
  };
}
