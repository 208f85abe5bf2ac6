import { asTyped, type FlagTable, type FlagValues } from '../command-line/flag.ts';
import { MaintError } from '../../shared/index.ts';

/** Which hooks a command carries out, and what it may do for them. */
export interface HookFlags {
  /** A file besides the hooks of the installation. */
  readonly file: string | undefined;
  /** Names of built-in preparations. */
  readonly prepare: readonly string[];
  /** No step is carried out, and nothing is undone. */
  readonly skip: boolean;
  /** Commands of this machine may be run. */
  readonly allowCommands: boolean;
  /** What nodes say of their hooks is believed though the API server lets others write it. */
  readonly trustRecords: boolean;
}

const group = 'Hooks:';

/** The flags of hooks. */
export const HOOK_FLAGS = {
  hooks: {
    kind: 'value',
    group,
    value: asTyped,
    completes: 'files',
    describe: 'File with steps before and after the drain and the return, besides those of the installation',
  },
  prepare: {
    kind: 'value',
    group,
    value: (text: string) => text.split(',').filter((name) => name !== ''),
    completes: { list: ['alertmanager', 'cnpg', 'longhorn', 'longhorn-evacuate', 'rook'] },
    describe:
      'Built-in hooks, with commas between: alertmanager, cnpg, longhorn, longhorn-evacuate, rook (docs/hooks.md)',
  },
  'skip-hooks': {
    kind: 'switch',
    default: false,
    group,
    describe: 'Carry out no hook, and undo none; what they have done stays on the node',
  },
  'allow-commands': {
    kind: 'switch',
    default: false,
    group,
    describe: 'Let hooks run commands of this machine',
  },
  'trust-hook-records': {
    kind: 'switch',
    default: false,
    group,
    describe: 'Undo hooks by what nodes say, though the API server lets others write that (no floor is installed)',
  },
} as const satisfies FlagTable;

/** What they ask for. Throws MaintError('usage'). */
export function hookFlags(values: FlagValues<typeof HOOK_FLAGS>): HookFlags {
  const { hooks: file, prepare = [], 'skip-hooks': skip } = values;
  if (skip && file !== undefined) throw new MaintError('usage', '--hooks and --skip-hooks cannot both be given');
  if (skip && prepare.length > 0) throw new MaintError('usage', '--prepare and --skip-hooks cannot both be given');
  return { file, prepare, skip, allowCommands: values['allow-commands'], trustRecords: values['trust-hook-records'] };
}
