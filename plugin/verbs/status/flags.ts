import { CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { oneOf, type FlagTable } from '../../command-line/flag.ts';
import { SELECTOR_FLAG } from '../../command-line/node-choice.ts';
import { integerFlag } from '../../command-line/values.ts';
import { MaintError } from '../../../shared/index.ts';
import type { ClusterFlags } from '../../session/connect.ts';
import type { NodeChoice } from '../../nodes/choose.ts';

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

/** The flags of `status`. */
export const FLAGS = {
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

function widthFlag(text: string, flag: string): number {
  const width = integerFlag(text, flag);
  if (width < 0) throw new MaintError('usage', `${flag}: a line has no fewer than 0 characters`);
  return width;
}
