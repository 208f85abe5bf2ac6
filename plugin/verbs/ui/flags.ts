import { CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { asTyped, type FlagTable } from '../../command-line/flag.ts';
import { countFlag } from '../../command-line/values.ts';
import { MaintError } from '../../../shared/index.ts';
import type { ClusterFlags } from '../../session/connect.ts';
import type { GivenFlag } from '../../command-line/words.ts';

/** `kubectl maint ui` */
export interface UiOperation {
  readonly verb: 'ui';
  /** How each cluster is reached, but for its context. */
  readonly cluster: ClusterFlags;
  /** The clusters that are shown side by side; none: the current one. */
  readonly contexts: readonly string[];
  /** The connection flags as they were given, which every command of the page is given, too. */
  readonly connection: readonly GivenFlag[];
  /** 0 = any that is free. */
  readonly port: number;
  readonly open: boolean;
  readonly allowsChanges: boolean;
}

const { context: oneContext, ...CONNECTION } = CONNECTION_FLAGS;

/** The flags of `ui`. */
export const FLAGS = {
  ...CONNECTION,
  context: {
    kind: 'list',
    group: oneContext.group,
    value: asTyped,
    completes: 'contexts',
    describe: 'The kubeconfig context to use; may be repeated: several clusters side by side',
  },
  port: { kind: 'value', default: '0', value: portFlag, describe: 'Port of this machine to serve on; 0 = a free one' },
  'no-open': { kind: 'switch', default: false, describe: 'Print the address only, and open no browser' },
  'allow-changes': {
    kind: 'switch',
    default: false,
    describe: 'Let the page take nodes into maintenance, bring them back and grant exceptions, as you',
  },
} as const satisfies FlagTable;

/** Ports are 16 bits long. */
const HIGHEST_PORT = 65_535;

function portFlag(text: string, flag: string): number {
  const port = countFlag(text, flag);
  if (port > HIGHEST_PORT) throw new MaintError('usage', `${flag}: ${text} is no port: ${HIGHEST_PORT} is the highest`);
  return port;
}

/** The connection flags of a command line, but for contexts: of what counts once the last. */
export function connectionIn(given: readonly GivenFlag[]): readonly GivenFlag[] {
  return given.filter(({ name }, index) => {
    const isLast = given.findLastIndex((other) => other.name === name) === index;
    return isConnection(name) && (isLast || CONNECTION[name].kind === 'list');
  });
}

function isConnection(name: string): name is keyof typeof CONNECTION {
  return Object.hasOwn(CONNECTION, name);
}
