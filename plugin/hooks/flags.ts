import { asTyped, oneOf, type FlagTable, type FlagValues } from '../command-line/flag.ts';
import { MaintError } from '../../shared/index.ts';
import { DATA_MODES, type DataMode } from './preparations/preparation.ts';

/** Which hooks a command carries out, and what it may do for them. */
export interface HookFlags {
  /** A file besides the hooks of the installation. */
  readonly file: string | undefined;
  /** Names of built-in preparations. */
  readonly prepare: readonly string[];
  /** What becomes of data on the node; undefined: what the hooks of the installation say. */
  readonly data: DataMode | undefined;
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
    completes: { list: ['alertmanager', 'cnpg', 'linstor', 'longhorn', 'rook'] },
    describe: 'Built-in hooks, with commas between: alertmanager, cnpg, linstor, longhorn, rook (docs/hooks.md)',
  },
  data: {
    ...oneOf(...DATA_MODES),
    group,
    describe:
      'What --prepare=longhorn and linstor do with data on the node: keep it there; ensure that none is lost before the drain begins; evacuate it (longhorn)',
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
  const { hooks: file, prepare = [], data, 'skip-hooks': skip } = values;
  if (skip && file !== undefined) throw new MaintError('usage', '--hooks and --skip-hooks cannot both be given');
  if (skip && prepare.length > 0) throw new MaintError('usage', '--prepare and --skip-hooks cannot both be given');
  if (skip && data !== undefined) throw new MaintError('usage', '--data and --skip-hooks cannot both be given');
  const [allowCommands, trustRecords] = [values['allow-commands'], values['trust-hook-records']];
  return { file, prepare, data, skip, allowCommands, trustRecords };
}
