import { clusterFlags, CONNECTION_FLAGS } from '../../command-line/connection.ts';
import { asTyped, oneOf, type FlagTable, type FlagValues } from '../../command-line/flag.ts';
import { verb } from '../../command-line/verb.ts';

import { MaintError } from '../../../shared/index.ts';
import type { ClusterFlags } from '../../session/connect.ts';
import { clockOf, systemClock } from '../../session/clock.ts';
import { withCluster } from '../../session/in-session.ts';
import { wantsColour } from '../../terminal/screen.ts';

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

const FLAGS = {
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

/** `kubectl maint check` */
export const check = verb({
  name: 'check',
  usage: '-f FILENAME',
  about: 'Say what the webhook would say of manifests',
  flags: FLAGS,
  examples: [
    { line: 'kubectl maint check -f backup.yaml', does: 'what the webhook would say of it now' },
    { line: 'kubectl maint check --policy policy.yaml --validate', does: 'whether a configuration is valid' },
  ],
  operation: ({ values }): CheckOperation | ValidateOperation => {
    const { nodes: nodesFile, policy: policyFile, recursive } = values;
    const files = (values.filename ?? []).flat();
    refuseForeign(values, files);
    if ([nodesFile, policyFile, ...files].filter((path) => path === '-').length > 1)
      throw new MaintError('usage', 'standard input (-) can be read only once');
    if (values.validate) return validation(values, files);
    if (files.length === 0)
      throw new MaintError('usage', 'nothing to check', {
        hint: 'kubectl maint check -f FILE, a folder, or - for standard input',
      });
    const format = values.output ?? 'table';
    return { verb: 'check', cluster: clusterFlags(values), files, recursive, nodesFile, policyFile, format };
  },
  carryOut: async (operation, caller) => {
    const { screen, signal } = caller;
    const { stdin, stdout, env } = process;
    if (operation.verb === 'validate') {
      const { runValidate } = await import('./validate.ts');
      return runValidate(operation.policyFile, { screen, signal, stdin });
    }
    const { runCheck } = await import('./check.ts');
    const ports = { screen, signal, stdin, colour: wantsColour(stdout, env) };
    if (operation.nodesFile !== undefined)
      return runCheck(operation, { ...ports, clock: systemClock, cluster: undefined });
    return withCluster(operation.cluster, caller, (cluster) =>
      runCheck(operation, { ...ports, clock: clockOf(cluster), cluster }),
    );
  },
});

/** What kubectl takes there and would have to be fetched or built first: whoever has it can hand it over. */
function refuseForeign({ kustomize }: CheckValues, files: readonly string[]): void {
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
function validation({ policy, nodes }: CheckValues, files: readonly string[]): ValidateOperation {
  const hint = 'kubectl maint check --policy FILE --validate';
  if (policy === undefined) throw new MaintError('usage', '--validate needs --policy', { hint });
  if (files.length > 0 || nodes !== undefined) {
    throw new MaintError('usage', '--validate checks the policy alone, without -f and --nodes', { hint });
  }
  return { verb: 'validate', policyFile: policy };
}
