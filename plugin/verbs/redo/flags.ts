import { MaintError } from '../../../shared/index.ts';
import { CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { oneOf, type FlagTable } from '../../command-line/flag.ts';
import type { DryRun } from '../../policy/dry-run.ts';
import type { ClusterFlags } from '../../session/connect.ts';
import { REDONE, type RedoneKind } from './refused-work.ts';

/** What a person names to be made up for. */
export interface Named {
  readonly kind: RedoneKind;
  readonly namespace: string;
  readonly name: string;
}

/** `kubectl maint redo` */
export interface RedoOperation {
  readonly verb: 'redo';
  readonly cluster: ClusterFlags;
  /** What is made up for: some of what was refused, or `all` of it; `none`: it is only listed. */
  readonly what: readonly Named[] | 'all' | 'none';
  readonly dryRun: DryRun;
  readonly format: 'text' | 'json' | 'yaml';
}

/** The flags of `redo`. */
export const FLAGS = {
  ...CONNECTION_FLAGS,
  all: { kind: 'switch', default: false, describe: 'Make up for everything that is listed and can be made up for' },
  'dry-run': {
    ...oneOf('none', 'client', 'server'),
    default: 'none',
    implied: 'client',
    describe: 'client prints what would be made; server lets the API server judge it; neither changes anything',
  },
  output: {
    short: 'o',
    ...oneOf('json', 'yaml'),
    describe: 'json, yaml: one object with what was refused, what became of it, and what was made or would be (dryRun)',
  },
} as const satisfies FlagTable;

const WORDS = Object.keys(REDONE).join(' or ');

/** What the words of a command line name: `cronjob/shop/nightly`. Throws MaintError('usage'). */
export function namedWork(words: readonly string[]): readonly Named[] {
  return words.map((word) => {
    const [type = '', namespace = '', name = '', ...more] = word.split('/');
    const kind = Object.entries(REDONE).find(([known]) => known === type.toLowerCase())?.[1];
    if (kind !== undefined && namespace !== '' && name !== '' && more.length === 0) return { kind, namespace, name };
    throw new MaintError(
      'usage',
      `"${word}" names nothing that can be made up for: TYPE/NAMESPACE/NAME, TYPE is ${WORDS}`,
      {
        hint: 'kubectl maint redo lists what was refused',
      },
    );
  });
}
