import type { Argv } from 'yargs';
import { MaintError, type Mode } from '../../shared/index.ts';
import type { ClaimFlags, DryRun, OnOperation } from '../operation.ts';
import { clusterFlags, clusterOptions } from './cluster.ts';
import { requiredNodes, SELECTOR } from './nodes.ts';
import { drainFlags, drainOptions, paceFlags } from './drain.ts';
import { durationFlag, last, momentFlag, textFlag, timeoutFlag } from './values.ts';

/** The flags of `kubectl maint on`. */
export function onOptions<T>(yargs: Argv<T>) {
  return drainOptions(clusterOptions(yargs))
    .positional('node', { type: 'string', array: true, describe: 'Nodes to take into maintenance' })
    .option('selector', SELECTOR)
    .option('mode', {
      type: 'string',
      choices: ['drain', 'cordon'] as const,
      default: 'drain' as const,
      requiresArg: true,
      coerce: last<Mode>,
      describe: 'drain moves the workloads away; cordon only keeps new ones off',
    })
    .option('reason', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe: 'Why; shown wherever work is refused',
    })
    .option('ticket', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe: 'Reference of the change or incident',
    })
    .option('owner', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe: 'On whose behalf; your own name by default',
    })
    .option('until', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      conflicts: 'for',
      describe: 'Expected end, like 2026-01-31T06:00:00Z; a reminder, nothing ends by itself',
    })
    .option('for', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe: 'Expected end as a span from now, like 2h',
    })
    .option('allow-last-node', {
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: "Even if it is the last worker, or the control plane's quorum needs it",
    })
    .option('protect', {
      type: 'boolean',
      default: true,
      coerce: last<boolean>,
      describe: 'Keep cluster-autoscaler and Karpenter from removing the node meanwhile',
    })
    .option('adopt', {
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: 'Take over a node that others have cordoned: off uncordons it. Without it, off keeps their cordon',
    })
    .option('role-label', {
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: 'Also show the role maintenance in kubectl get nodes, until off',
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
    .example('$0 on worker-3 --adopt', 'take over a node that somebody has cordoned by hand');
}

type OnArguments = Awaited<ReturnType<typeof onOptions<unknown>>['argv']>;

/** What the flags ask for. Throws MaintError('usage'). */
export function onOperation(argv: OnArguments): OnOperation {
  return {
    verb: 'on',
    cluster: clusterFlags(argv),
    nodes: requiredNodes('on', argv.node ?? [], argv.selector),
    claim: claimFlags(argv),
    drain: drainFlags(argv),
    pace: paceFlags(argv),
    allowLastNode: argv['allow-last-node'] === true,
    protect: argv.protect !== false,
    adopt: argv.adopt === true,
    roleLabel: argv['role-label'] === true,
    timeoutMs: timeoutFlag('--timeout', argv.timeout ?? '0'),
    dryRun: argv['dry-run'] ?? 'none',
    rollback: argv.rollback === true,
    format: argv.output ?? 'text',
  };
}

function claimFlags(argv: OnArguments): ClaimFlags {
  return {
    owner: textFlag('--owner', argv.owner),
    mode: argv.mode ?? 'drain',
    reason: textFlag('--reason', argv.reason),
    ticket: textFlag('--ticket', argv.ticket),
    until: untilFlag(argv.until, argv.for),
  };
}

function untilFlag(until: string | undefined, span: string | undefined): ClaimFlags['until'] {
  if (until !== undefined) return { at: momentFlag('--until', until) };
  if (span === undefined) return undefined;
  const inMs = durationFlag('--for', span);
  if (inMs === 0) throw new MaintError('usage', '--for: a maintenance of no time at all has no use');
  return { inMs };
}
