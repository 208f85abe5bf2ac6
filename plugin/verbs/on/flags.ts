import { clusterFlags, CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { oneOf, type FlagTable } from '../../command-line/flag.ts';
import { requiredNodes, SELECTOR_FLAG } from '../../command-line/node-choice.ts';
import { verb } from '../../command-line/verb.ts';

import { CLAIM_FLAGS, claimFlags, markFlags } from './claim-flags.ts';
import { DRAIN_FLAGS, drainFlags, paceFlags } from './drain-flags.ts';
import type { ClusterFlags } from '../../session/connect.ts';
import type { DrainFlags } from '../../drain/options.ts';
import type { DryRun } from '../../nodes/dry-run.ts';
import type { Mode } from '../../../shared/index.ts';
import type { NodeChoice } from '../../nodes/choose.ts';
import type { PaceFlags } from '../../drain/options.ts';
import type { StreamFormat } from '../../session/report.ts';
import { inSession } from '../../session/in-session.ts';

/** What an `on` asks for on behalf of its owner. */
export interface ClaimFlags {
  /** Undefined: the caller's name, as the API server knows it. */
  readonly owner: string | undefined;
  readonly mode: Mode;
  /** Changes what is said of a maintenance that its owner has already, and nothing else of it. */
  readonly isChange: boolean;
  readonly reason: string | undefined;
  readonly ticket: string | undefined;
  /** RFC 3339, from `--until`; or a span in milliseconds, from `--for`. */
  readonly until: { readonly at: string } | { readonly inMs: number } | undefined;
}

/** `kubectl maint on` */
export interface OnOperation {
  readonly verb: 'on';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  readonly claim: ClaimFlags;
  readonly drain: DrainFlags;
  readonly pace: PaceFlags;
  /** Accepts that the node is the last worker, or needed for the control plane's quorum. */
  readonly allowLastNode: boolean;
  /** Keep autoscalers and remediation off the node while in maintenance. */
  readonly protect: boolean;
  /** Make a cordon that is there part of the maintenance, so that `off` uncordons. */
  readonly adopt: boolean;
  /** Show the maintenance as a role of the node. */
  readonly roleLabel: boolean;
  /** Milliseconds for each node; 0 = no limit. */
  readonly timeoutMs: number;
  readonly dryRun: DryRun;
  /** Undo what this run did where it does not come to its end. */
  readonly rollback: boolean;
  readonly format: StreamFormat;
}

const FLAGS = {
  ...CONNECTION_FLAGS,
  ...DRAIN_FLAGS,
  ...CLAIM_FLAGS,
  ...SELECTOR_FLAG,
  'no-drain': {
    kind: 'switch',
    default: false,
    describe:
      'Only write what is said of it (owner, reason, ticket, end): nothing is evicted, and what was drained stays so',
  },
  'dry-run': {
    ...oneOf('none', 'client', 'server'),
    default: 'none',
    implied: 'client',
    describe: 'client prints the plan; server lets the API server judge each step; neither changes anything',
  },
  rollback: {
    kind: 'switch',
    default: false,
    describe: 'If it does not come to its end, take back what this run did: marks and cordons, not evictions',
  },
  output: { short: 'o', ...oneOf('json'), describe: 'json: a stream of events, one JSON object a line' },
} as const satisfies FlagTable;

/** `kubectl maint on` */
export const on = verb({
  name: 'on',
  names: 'nodes',
  usage: '(NODE... | -l SELECTOR)',
  about: 'Take nodes into maintenance: mark, cordon, drain',
  flags: FLAGS,
  examples: [
    {
      line: 'kubectl maint on worker-3 --reason "swap a disk" --for 2h',
      does: 'drain worker-3 and keep backups, scans and add-on changes off it',
    },
    { line: 'kubectl maint on -l rack=b7 --mode=cordon', does: 'only keep new work off a whole rack' },
    { line: 'kubectl maint on worker-3 --no-drain --for 4h', does: 'announce another end; nothing is evicted' },
    {
      line: 'kubectl maint on worker-3 --adopt --no-drain',
      does: 'take over a node that somebody has cordoned by hand, as it is',
    },
  ],
  operation: ({ values, names }): OnOperation => ({
    verb: 'on',
    cluster: clusterFlags(values),
    nodes: requiredNodes('on', names, values.selector),
    claim: values['no-drain'] ? withoutDrain(claimFlags(values)) : claimFlags(values),
    drain: drainFlags(values),
    pace: paceFlags(values),
    ...markFlags(values),
    timeoutMs: values.timeout,
    dryRun: values['dry-run'],
    rollback: values.rollback,
    format: values.output ?? 'text',
  }),
  changes: true,
  carryOut: async (operation, caller) => {
    const { runOn } = await import('./on.ts');
    return inSession(operation.cluster, caller, (session) => runOn(operation, session), operation);
  },
});

/** A claim that moves nothing asks for no more than a cordon; one that asked for a drain before goes on to. */
function withoutDrain(claim: ClaimFlags): ClaimFlags {
  return { ...claim, mode: 'cordon', isChange: true };
}
