import { CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { oneOf, type FlagTable } from '../../command-line/flag.ts';
import { SELECTOR_FLAG } from '../../command-line/node-choice.ts';
import { countFlag, textFlag, timeoutFlag } from '../../command-line/values.ts';
import { HEALTH_FLAGS, type HealthFlags } from './health-flags.ts';
import { HOOK_FLAGS, type HookFlags } from '../../hooks/flags.ts';
import type { Detached } from '../../detached/asked.ts';
import { DETACH_FLAGS } from '../../detached/flags.ts';
import type { ClusterFlags } from '../../session/connect.ts';
import type { NodeChoice } from '../../nodes/choose.ts';
import type { StreamFormat } from '../../session/report.ts';

/** `kubectl maint off` */
export interface OffOperation extends HealthFlags {
  readonly verb: 'off';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  /** Whose claim is dropped; undefined: the caller's. */
  readonly owner: string | undefined;
  /** Everybody's claims are dropped. */
  readonly all: boolean;
  readonly hooks: HookFlags;
  /** Nodes that are brought back at once; 0 = all. */
  readonly maxParallel: number;
  /** Milliseconds for each node; 0 = no limit. */
  readonly timeoutMs: number;
  readonly format: StreamFormat;
  /** Given: it is carried out in the cluster. */
  readonly detached?: Detached | undefined;
}

/** The flags of `off`. */
export const FLAGS = {
  ...CONNECTION_FLAGS,
  ...HEALTH_FLAGS,
  ...SELECTOR_FLAG,
  ...HOOK_FLAGS,
  owner: {
    kind: 'value',
    value: textFlag,
    completes: 'owners',
    describe: 'Whose claim to drop; your own by default',
  },
  all: { kind: 'switch', default: false, describe: "Drop everybody's claims on these nodes, and say whose" },
  'max-parallel': {
    kind: 'value',
    default: '10',
    value: countFlag,
    describe: 'Nodes that are brought back at once; 0 = all',
  },
  timeout: {
    kind: 'value',
    default: '10m',
    value: timeoutFlag,
    describe: 'How long to wait for each node before giving up; 0 = no limit',
  },
  ...DETACH_FLAGS,
  output: { short: 'o', ...oneOf('json'), describe: 'json: a stream of events, one JSON object a line' },
} as const satisfies FlagTable;
