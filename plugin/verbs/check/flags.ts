import { CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { asTyped, oneOf, type FlagTable, type FlagValues } from '../../command-line/flag.ts';
import { MaintError } from '../../../shared/index.ts';
import type { ClusterFlags } from '../../session/connect.ts';

export type CheckFormat = 'table' | 'json' | 'yaml';

/** `kubectl maint check` */
export interface CheckOperation {
  readonly verb: 'check';
  readonly cluster: ClusterFlags;
  /** Files, folders, `-`. */
  readonly files: readonly string[];
  readonly recursive: boolean;
  /** File with the nodes; undefined: the cluster's. */
  readonly nodesFile: string | undefined;
  /** File with the configuration; undefined: the defaults. */
  readonly policyFile: string | undefined;
  readonly format: CheckFormat;
}

/** `kubectl maint check --policy FILE --validate` */
export interface ValidateOperation {
  readonly verb: 'validate';
  readonly policyFile: string;
}

/** The flags of `check`. */
export const FLAGS = {
  ...CONNECTION_FLAGS,
  filename: {
    short: 'f',
    kind: 'list',
    value: valuesIn,
    completes: 'files',
    describe: 'File, folder, pattern or - (standard input) with manifests, a comma between several; may be repeated',
  },
  recursive: { short: 'R', kind: 'switch', default: false, describe: 'Also the folders inside a folder' },
  kustomize: {
    short: 'k',
    kind: 'value',
    value: asTyped,
    describe: 'Not taken: kubectl kustomize DIR | kubectl maint check -f -',
  },
  nodes: {
    kind: 'value',
    value: asTyped,
    completes: 'files',
    describe: 'File with the nodes (kubectl get nodes -o yaml); no cluster is asked',
  },
  policy: {
    kind: 'value',
    value: asTyped,
    completes: 'files',
    describe:
      'File with the configuration (kind: MaintenancePolicy); without it the one in the cluster applies, with --nodes the defaults',
  },
  validate: {
    kind: 'switch',
    default: false,
    describe: 'Only say whether the file of --policy is valid, and everything that is wrong with it',
  },
  output: { short: 'o', ...oneOf('json', 'yaml'), describe: 'Output format' },
} as const satisfies FlagTable;

type CheckValues = FlagValues<typeof FLAGS>;

/** What kubectl takes there and would have to be fetched or built first: whoever has it can hand it over. */
export function refuseForeign({ kustomize }: CheckValues, files: readonly string[]): void {
  if (kustomize !== undefined) {
    throw new MaintError('usage', '-k: check reads manifests, and builds none', {
      hint: `kubectl kustomize ${kustomize} | kubectl maint check -f -`,
    });
  }
  const address = files.find((file) => /^https?:\/\//.test(file));
  if (address === undefined) return;
  throw new MaintError('usage', `${address} is an address: check reads files, and fetches none`, {
    hint: `curl -fsSL ${address} | kubectl maint check -f -`,
  });
}

/** The values of one `-f`: a list with commas between them; one that holds a comma stands in quotes (pflag StringSlice). */
function valuesIn(list: string): readonly string[] {
  return [...list.matchAll(/"((?:[^"]|"")*)"|[^,]+/g)].map(([whole, quoted]) => quoted?.replaceAll('""', '"') ?? whole);
}

/** Manifests beside it would look as if they had been checked. */
export function validation({ policy, nodes }: CheckValues, files: readonly string[]): ValidateOperation {
  const hint = 'kubectl maint check --policy FILE --validate';
  if (policy === undefined) throw new MaintError('usage', '--validate needs --policy', { hint });
  if (files.length > 0 || nodes !== undefined) {
    throw new MaintError('usage', '--validate checks the policy alone, without -f and --nodes', { hint });
  }
  return { verb: 'validate', policyFile: policy };
}
