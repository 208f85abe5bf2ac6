import { MaintError } from '../../../../shared/index.ts';
import { asTyped, type FlagTable, type FlagValues } from '../../../command-line/flag.ts';
import { countFlag, durationFlag, timeoutFlag } from '../../../command-line/values.ts';
import { windowFlag, type Window } from './window.ts';

/** What has to be so before a node is begun, and how many may fail. */
export interface BetweenFlags {
  /** A shell's command line that ends with 0 when the next node may be begun. */
  readonly check: string | undefined;
  /** A file that says how objects of the cluster have to be by then. */
  readonly checkFile: string | undefined;
  /** Milliseconds for both; 0 = no limit. */
  readonly checkTimeoutMs: number;
  /** Milliseconds between a node's end and the beginning of the one that comes in its place. */
  readonly soakMs: number;
  /** The run goes on until more than so many nodes have failed. */
  readonly maxFailures: number;
  /** Nodes are begun in these alone; none: at any time. */
  readonly windows: readonly Window[];
  /** Waits for the next window, where the run would end otherwise. */
  readonly waitsForWindow: boolean;
}

const group = 'Between nodes:';

/** What lies between the nodes of a run. */
export const BETWEEN_FLAGS = {
  between: {
    kind: 'value',
    default: '0s',
    group,
    value: durationFlag,
    describe: 'How long to watch after a node, healthy or not, until another is begun in its place',
  },
  check: {
    kind: 'value',
    group,
    value: commandLineFlag,
    describe: 'Command line for a shell of this machine, asked before each node and again every 30s: 0 = go on',
  },
  'check-file': {
    kind: 'value',
    group,
    value: asTyped,
    completes: 'files',
    describe:
      "File with lines as for kubectl wait: 'deployment/web -n shop --for=condition=Available'; asked like --check",
  },
  'check-timeout': {
    kind: 'value',
    default: '10m',
    group,
    value: timeoutFlag,
    describe: 'How long the checks before a node may take until the run ends there; 0 = no limit',
  },
  'max-failures': {
    kind: 'value',
    default: '0',
    group,
    value: countFlag,
    describe: 'Go on until more than so many nodes have failed; those stay in maintenance',
  },
  window: {
    kind: 'list',
    group,
    value: windowFlag,
    describe: "Begin nodes at these times only, like 'sun 02:00-06:00 Europe/Paris'; may be repeated",
  },
  'wait-window': {
    kind: 'switch',
    default: false,
    group,
    describe: 'Wait for the next --window instead of ending',
  },
} as const satisfies FlagTable;

function commandLineFlag(text: string, flag: string): string {
  if (text.trim() === '') throw new MaintError('usage', `${flag} is empty`);
  return text;
}

/** What they ask for. Throws MaintError('usage'). */
export function betweenFlags(values: FlagValues<typeof BETWEEN_FLAGS>): BetweenFlags {
  if (values['wait-window'] && values.window === undefined)
    throw new MaintError('usage', '--wait-window: there is no window to wait for', { hint: 'name some with --window' });
  return {
    check: values.check,
    checkFile: values['check-file'],
    checkTimeoutMs: values['check-timeout'],
    soakMs: values.between,
    maxFailures: values['max-failures'],
    windows: values.window ?? [],
    waitsForWindow: values['wait-window'],
  };
}
