import { CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { oneOf, type FlagTable } from '../../command-line/flag.ts';
import { SELECTOR_FLAG } from '../../command-line/node-choice.ts';
import { CLAIM_FLAGS, type ClaimFlags, type MarkFlags } from './claim-flags.ts';
import { DRAIN_FLAGS } from './drain-flags.ts';
import type { Detached } from '../../detached/asked.ts';
import { DETACH_FLAGS } from '../../detached/flags.ts';
import type { ClusterFlags } from '../../session/connect.ts';
import type { DrainFlags } from '../../drain/options.ts';
import { HOOK_FLAGS, type HookFlags } from '../../hooks/flags.ts';
import type { DryRun } from '../../policy/dry-run.ts';
import type { NodeChoice } from '../../nodes/choose.ts';
import type { PaceFlags } from '../../drain/options.ts';
import type { StreamFormat } from '../../session/report.ts';

/** `kubectl maint on` */
export interface OnOperation extends MarkFlags {
  readonly verb: 'on';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  readonly claim: ClaimFlags;
  readonly drain: DrainFlags;
  readonly pace: PaceFlags;
  readonly hooks: HookFlags;
  /** Milliseconds for each node; 0 = no limit. */
  readonly timeoutMs: number;
  readonly dryRun: DryRun;
  /** Undo what this run did where it does not come to its end. */
  readonly rollback: boolean;
  readonly format: StreamFormat;
  /** Given: it is carried out in the cluster. */
  readonly detached?: Detached | undefined;
}

/** The flags of `on`. */
export const FLAGS = {
  ...CONNECTION_FLAGS,
  ...DRAIN_FLAGS,
  ...CLAIM_FLAGS,
  ...SELECTOR_FLAG,
  ...HOOK_FLAGS,
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
  ...DETACH_FLAGS,
  output: { short: 'o', ...oneOf('json'), describe: 'json: a stream of events, one JSON object a line' },
} as const satisfies FlagTable;

/** A claim that moves nothing asks for no more than a cordon; one that asked for a drain before goes on to. */
export function withoutDrain(claim: ClaimFlags): ClaimFlags {
  return { ...claim, mode: 'cordon', isChange: true };
}
