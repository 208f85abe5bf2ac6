import type { Argv } from 'yargs';
import { MaintError } from '../../shared/index.ts';
import type { CheckOperation, ValidateOperation } from '../operation.ts';
import { clusterFlags, clusterOptions } from './cluster.ts';
import { last } from './values.ts';

/** The flags of `kubectl maint check`. */
export function checkOptions<T>(yargs: Argv<T>) {
  return clusterOptions(yargs)
    .option('filename', {
      alias: 'f',
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'File, folder, pattern or - (standard input) with manifests, a comma between several; may be repeated',
    })
    .option('recursive', {
      alias: 'R',
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: 'Also the folders inside a folder',
    })
    .option('kustomize', {
      alias: 'k',
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe: 'Not taken: kubectl kustomize DIR | kubectl maint check -f -',
    })
    .option('nodes', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe: 'File with the nodes (kubectl get nodes -o yaml); no cluster is asked',
    })
    .option('policy', {
      type: 'string',
      requiresArg: true,
      coerce: last<string>,
      describe:
        'File with the configuration (kind: MaintenancePolicy); without it the one in the cluster applies, with --nodes the defaults',
    })
    .option('validate', {
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: 'Only say whether the file of --policy is valid, and everything that is wrong with it',
    })
    .option('output', {
      alias: 'o',
      type: 'string',
      choices: ['json', 'yaml'] as const,
      requiresArg: true,
      coerce: last<'json' | 'yaml'>,
      describe: 'Output format',
    })
    .example('$0 check -f backup.yaml', 'what the webhook would say of it now')
    .example('$0 check --policy policy.yaml --validate', 'whether a configuration is valid');
}

type CheckArguments = Awaited<ReturnType<typeof checkOptions<unknown>>['argv']>;

/** What the flags ask for. Throws MaintError('usage'). */
export function checkOperation(argv: CheckArguments): CheckOperation | ValidateOperation {
  const files = (argv.filename ?? []).flatMap(valuesIn);
  refuseForeign(argv, files);
  if ([argv.nodes, argv.policy, ...files].filter((path) => path === '-').length > 1) {
    throw new MaintError('usage', 'standard input (-) can be read only once');
  }
  if (argv.validate === true) return validation(argv, files);
  if (files.length === 0) {
    throw new MaintError('usage', 'nothing to check', {
      hint: 'kubectl maint check -f FILE, a folder, or - for standard input',
    });
  }
  return {
    verb: 'check',
    cluster: clusterFlags(argv),
    files,
    recursive: argv.recursive === true,
    nodesFile: argv.nodes,
    policyFile: argv.policy,
    format: argv.output ?? 'table',
  };
}

/** What kubectl takes there and would have to be fetched or built first: whoever has it can hand it over. */
function refuseForeign({ kustomize }: CheckArguments, files: readonly string[]): void {
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
function validation({ policy, nodes }: CheckArguments, files: readonly string[]): ValidateOperation {
  const hint = 'kubectl maint check --policy FILE --validate';
  if (policy === undefined) throw new MaintError('usage', '--validate needs --policy', { hint });
  if (files.length > 0 || nodes !== undefined) {
    throw new MaintError('usage', '--validate checks the policy alone, without -f and --nodes', { hint });
  }
  return { verb: 'validate', policyFile: policy };
}
