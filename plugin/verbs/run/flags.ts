import { CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { asTyped, oneOf, type FlagTable } from '../../command-line/flag.ts';
import { SELECTOR_FLAG } from '../../command-line/node-choice.ts';
import { countFlag, timeoutFlag } from '../../command-line/values.ts';
import type { NodeCommand } from '../../command/child.ts';
import { BETWEEN_FLAGS, type BetweenFlags } from './between/flags.ts';
import { ON_NODE_FLAGS, type OnNode } from './on-node/flags.ts';
import { SCRIPT_FOLDER, scriptName } from './on-node/script-place.ts';
import { MaintError } from '../../../shared/index.ts';
import type { Detached } from '../../detached/asked.ts';
import { DETACH_FLAGS } from '../../detached/flags.ts';
import { HOOK_FLAGS } from '../../hooks/flags.ts';
import { HEALTH_FLAGS, type OffOperation } from '../off/index.ts';
import { CLAIM_FLAGS, DRAIN_FLAGS, type OnOperation } from '../on/index.ts';
import type { ClusterFlags } from '../../session/connect.ts';
import type { StreamFormat } from '../../session/report.ts';
import type { NodeChoice } from '../../nodes/choose.ts';

/** `kubectl maint run` */
export interface RunOperation {
  readonly verb: 'run';
  readonly cluster: ClusterFlags;
  readonly nodes: NodeChoice;
  /** What is carried out on each node, and what of it stood behind `--`. */
  readonly command: NodeCommand;
  readonly given: readonly string[];
  /** Carried out on the node itself; undefined: here. */
  readonly onNode: OnNode | undefined;
  /** The command takes its node down, which has to come back with another boot id. */
  readonly reboot: boolean;
  /** How each node is taken into maintenance, and brought back; both name all nodes. */
  readonly on: OnOperation;
  readonly off: OffOperation;
  /** What lies between the nodes. */
  readonly between: BetweenFlags;
  /** Nodes under way at once; 0 = all. */
  readonly maxParallel: number;
  /** Milliseconds for the command on each node; 0 = no limit. */
  readonly commandTimeoutMs: number;
  /** Folder for what the command writes; undefined: only the screen. */
  readonly outputDir: string | undefined;
  /** The name under which nodes are marked that are done; undefined: they are not. */
  readonly runId: string | undefined;
  /** Goes on with nodes that are in maintenance for this owner already. */
  readonly resume: boolean;
  /** Prints what would be done. */
  readonly dryRun: boolean;
  readonly format: StreamFormat;
  /** The flags as words, for the line that goes on; without nodes and `--resume`. */
  readonly flags: readonly string[];
  /** Given: it is carried out in the cluster. */
  readonly detached: Detached | undefined;
}

const group = 'Running:';

/** The flags of `run`: those of on and off, and its own. */
export const FLAGS = {
  ...CONNECTION_FLAGS,
  ...DRAIN_FLAGS,
  ...CLAIM_FLAGS,
  ...HEALTH_FLAGS,
  ...SELECTOR_FLAG,
  ...HOOK_FLAGS,
  ...ON_NODE_FLAGS,
  // Unlike `on`, which only moves pods: a command that harms a node shall not harm ten.
  'max-parallel': {
    ...DRAIN_FLAGS['max-parallel'],
    default: '1',
    value: countFlag,
    describe: 'Nodes that are under way at once; 0 = all. Budgets hold across all of them',
  },
  timeout: {
    ...DRAIN_FLAGS.timeout,
    describe: 'How long to wait for the drain of each node before giving up; 0 = no limit',
  },
  'command-timeout': {
    kind: 'value',
    default: '0',
    group,
    value: timeoutFlag,
    describe:
      'How long the command may take on each node before it is stopped with all that it has started; 0 = no limit',
  },
  'healthy-timeout': {
    kind: 'value',
    default: '10m',
    group,
    value: timeoutFlag,
    describe: 'How long to wait for each node to be healthy after the command; 0 = no limit',
  },
  'output-dir': {
    kind: 'value',
    group,
    value: asTyped,
    completes: 'files',
    describe: 'Folder for NODE.stdout and NODE.stderr, as the command wrote them; --resume adds to them',
  },
  ...BETWEEN_FLAGS,
  resume: {
    kind: 'switch',
    default: false,
    group,
    describe: 'Go on with nodes that are in maintenance for the same owner: the command runs there again',
  },
  'run-id': {
    kind: 'value',
    group,
    value: runIdFlag,
    describe: 'A name for this run, with which nodes are marked that are done; with --resume it leaves them out',
  },
  'dry-run': {
    ...oneOf('none', 'client'),
    default: 'none',
    implied: 'client',
    describe: 'client prints what would be done on each node, in order, and changes nothing',
  },
  ...DETACH_FLAGS,
  output: {
    short: 'o',
    ...oneOf('json'),
    describe: 'json: a stream of events, one JSON object a line, with a summary last',
  },
  namespace: ON_NODE_FLAGS.namespace,
} as const satisfies FlagTable;

/** Where a command belongs that was taken for a node. */
export const COMMAND_PLACE = 'the command goes after --: kubectl maint run NODE... -- COMMAND';

/** The command of a command line. Throws MaintError('usage') where there is none. */
export function nodeCommand(
  words: readonly string[],
  { onNode, reboot }: Pick<RunOperation, 'onNode' | 'reboot'>,
): NodeCommand {
  const [program, ...args] = words;
  if (onNode?.script !== undefined) return { program: `${SCRIPT_FOLDER}/${scriptName(onNode.script)}`, args: words };
  if (program !== undefined && program !== '') return { program, args };
  if (reboot && words.length === 0) return REBOOT;
  throw new MaintError('usage', 'no command is given', {
    hint: 'kubectl maint run NODE... -- COMMAND [ARG...]; everything after -- is the command, without a shell',
  });
}

/** The host's own init is asked, which ends its services in their order. */
const REBOOT: NodeCommand = { program: 'systemctl', args: ['reboot'] };

/** Flags that a line for going on says in another way: nodes by name, and --resume once. */
export const REPLACED: readonly string[] = ['selector', 'resume'];

/** As a label's value (k8s apimachinery/pkg/util/validation IsValidLabelValue): it is written onto nodes. */
const RUN_ID = /^[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?$/;

function runIdFlag(text: string, flag: string): string {
  if (RUN_ID.test(text)) return text;
  throw new MaintError('usage', `${flag}: "${text}" is no name: letters and digits, with - _ . between, 63 at most`);
}
