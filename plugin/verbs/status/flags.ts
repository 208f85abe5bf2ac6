import { clusterFlags, CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { oneOf, type FlagTable } from '../../command-line/flag.ts';
import { nodeChoice, SELECTOR_FLAG } from '../../command-line/node-choice.ts';
import { integerFlag } from '../../command-line/values.ts';
import { verb } from '../../command-line/verb.ts';
import { MaintError } from '../../../shared/index.ts';
import type { ClusterFlags } from '../../session/connect.ts';
import type { NodeChoice } from '../../nodes/choose.ts';
import { inSession } from '../../session/in-session.ts';
import { lookOf } from '../../terminal/screen.ts';

/** `node`: one node, described line by line. */
export type StatusFormat = 'table' | 'wide' | 'json' | 'yaml' | 'name' | 'node';

/** `kubectl maint status` */
export interface StatusOperation {
  readonly verb: 'status';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  readonly format: StatusFormat;
  /** Characters in a line of the table; 0 = nothing is cut; undefined: the terminal's. */
  readonly width: number | undefined;
  /** A table does without the names of its columns. */
  readonly noHeaders?: boolean | undefined;
  /** Go on showing what changes, until interrupted. */
  readonly watch: boolean;
  /** Exit 6 when some node is in maintenance. */
  readonly exitCode: boolean;
}

const FLAGS = {
  ...CONNECTION_FLAGS,
  ...SELECTOR_FLAG,
  output: { short: 'o', ...oneOf('wide', 'json', 'yaml', 'name'), describe: 'Output format' },
  'no-headers': { kind: 'switch', describe: 'Print the table without the names of its columns' },
  width: {
    kind: 'value',
    value: widthFlag,
    describe: "Cut the lines of the table after so many characters; 0 = never; by default the terminal's width",
  },
  watch: { short: 'w', kind: 'switch', default: false, describe: 'After showing them, watch for changes' },
  'exit-code': { kind: 'switch', default: false, describe: 'Exit 6 when some node is in maintenance' },
} as const satisfies FlagTable;

/** `kubectl maint status` */
export const status = verb({
  name: 'status',
  names: 'nodes',
  usage: '[NODE... | -l SELECTOR]',
  about: 'Show what is in maintenance',
  flags: FLAGS,
  examples: [
    { line: 'kubectl maint status', does: 'what is in maintenance, since when, and by whom' },
    {
      line: 'kubectl maint status worker-3',
      does: 'everything about one node: what is left, what blocks, whose claims',
    },
    { line: 'kubectl maint status worker-3 -w -o wide', does: 'follow how worker-3 is drained' },
    { line: 'kubectl maint status --exit-code -o name', does: 'for scripts: exit 6 while some node is in maintenance' },
  ],
  operation: ({ values, names }): StatusOperation => {
    const { watch, 'exit-code': exitCode, 'no-headers': noHeaders } = values;
    if (watch && exitCode)
      throw new MaintError('usage', '--watch and --exit-code cannot both be given: a watch does not end');
    const nodes = nodeChoice(names, values.selector);
    // What `kubectl describe` is to `get`.
    const isOne = nodes.names.length === 1 && !watch && noHeaders !== true;
    return {
      verb: 'status',
      cluster: clusterFlags(values),
      nodes,
      format: values.output ?? (isOne ? 'node' : 'table'),
      noHeaders,
      width: values.width,
      watch,
      exitCode,
    };
  },
  carryOut: async (operation, caller) => {
    const { runStatus } = await import('./status.ts');
    const { stdout, env } = process;
    const left = new AbortController();
    // A watch whose reader has left (`| head -1`) would go on for nobody.
    if (operation.watch) {
      stdout.once('error', () => {
        left.abort();
      });
    }
    return inSession(operation.cluster, caller, (session) => {
      const signal = AbortSignal.any([session.signal, left.signal]);
      return runStatus(operation, lookOf(stdout, env), { ...session, signal });
    });
  },
});

function widthFlag(text: string, flag: string): number {
  const width = integerFlag(text, flag);
  if (width < 0) throw new MaintError('usage', `${flag}: a line has no fewer than 0 characters`);
  return width;
}
