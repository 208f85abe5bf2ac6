import type { Argv } from 'yargs';
import { MaintError, type Mode } from '../../shared/index.ts';
import type { ClaimFlags, OnOperation } from '../operation.ts';
import { durationFlag, last, momentFlag, textFlag } from './values.ts';

/** What is written on the node: whose maintenance it is, why and until when, and what protects it meanwhile. */
export function claimOptions<T>(yargs: Argv<T>) {
  return yargs
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
      describe: 'Keep cluster-autoscaler, Karpenter and medik8s from removing or rebooting the node meanwhile',
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
    });
}

type ClaimArguments = Awaited<ReturnType<typeof claimOptions<unknown>>['argv']>;

/** The claim that they ask for. Throws MaintError('usage'). */
export function claimFlags(argv: ClaimArguments): ClaimFlags {
  return {
    owner: textFlag('--owner', argv.owner),
    mode: argv.mode ?? 'drain',
    isChange: false,
    reason: textFlag('--reason', argv.reason),
    ticket: textFlag('--ticket', argv.ticket),
    until: untilFlag(argv.until, argv.for),
  };
}

/** What they ask for besides the claim. */
export function markFlags(
  argv: ClaimArguments,
): Pick<OnOperation, 'allowLastNode' | 'protect' | 'adopt' | 'roleLabel'> {
  return {
    allowLastNode: argv['allow-last-node'] === true,
    protect: argv.protect !== false,
    adopt: argv.adopt === true,
    roleLabel: argv['role-label'] === true,
  };
}

function untilFlag(until: string | undefined, span: string | undefined): ClaimFlags['until'] {
  if (until !== undefined) return { at: momentFlag('--until', until) };
  if (span === undefined) return undefined;
  const inMs = durationFlag('--for', span);
  if (inMs === 0) throw new MaintError('usage', '--for: a maintenance of no time at all has no use');
  return { inMs };
}
