import { clusterFlags, CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { oneOf, type FlagTable } from '../../command-line/flag.ts';
import { requiredNodes, SELECTOR_FLAG } from '../../command-line/node-choice.ts';
import { countFlag, textFlag, timeoutFlag } from '../../command-line/values.ts';
import { verb } from '../../command-line/verb.ts';
import { MaintError } from '../../../shared/index.ts';
import { HEALTH_FLAGS, healthFlags } from './health-flags.ts';
import type { ClusterFlags } from '../../session/connect.ts';
import type { NodeChoice } from '../../nodes/choose.ts';
import type { StreamFormat } from '../../session/report.ts';
import { inSession } from '../../session/in-session.ts';

/** `kubectl maint off` */
export interface OffOperation {
  readonly verb: 'off';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  /** Whose claim is dropped; undefined: the caller's. */
  readonly owner: string | undefined;
  /** Everybody's claims are dropped. */
  readonly all: boolean;
  /** Nodes that are brought back at once; 0 = all. */
  readonly maxParallel: number;
  readonly skipHealthCheck: boolean;
  /** Milliseconds during which the node must stay clean. */
  readonly healthyForMs: number;
  /** Milliseconds for each node; 0 = no limit. */
  readonly timeoutMs: number;
  readonly format: StreamFormat;
}

const FLAGS = {
  ...CONNECTION_FLAGS,
  ...HEALTH_FLAGS,
  ...SELECTOR_FLAG,
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
  output: { short: 'o', ...oneOf('json'), describe: 'json: a stream of events, one JSON object a line' },
} as const satisfies FlagTable;

/** `kubectl maint off` */
export const off = verb({
  name: 'off',
  names: 'held nodes',
  usage: '(NODE... | -l SELECTOR)',
  about: 'Bring nodes back when they are healthy',
  flags: FLAGS,
  examples: [
    { line: 'kubectl maint off worker-3', does: 'bring worker-3 back when it is healthy' },
    { line: 'kubectl maint off -l rack=b7 --max-parallel=3', does: 'bring a rack back, three nodes at once' },
    { line: 'kubectl maint off worker-3 --owner ben', does: 'drop the claim of somebody else' },
    { line: 'kubectl maint off worker-3 --all', does: "drop everybody's claims" },
  ],
  operation: ({ values, names }): OffOperation => {
    if (values.all && values.owner !== undefined)
      throw new MaintError('usage', '--all and --owner cannot both be given');
    return {
      verb: 'off',
      cluster: clusterFlags(values),
      nodes: requiredNodes('off', names, values.selector),
      owner: values.owner,
      all: values.all,
      maxParallel: values['max-parallel'],
      ...healthFlags(values),
      timeoutMs: values.timeout,
      format: values.output ?? 'text',
    };
  },
  changes: true,
  carryOut: async (operation, caller) => {
    const { runOff } = await import('./off.ts');
    return inSession(operation.cluster, caller, (session) => runOff(operation, session), operation);
  },
});
