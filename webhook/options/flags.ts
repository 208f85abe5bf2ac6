import type { Argv } from 'yargs';
import type { Problem } from '../../shared/index.ts';

/** What a command's flags are once they are read. */
export type Flags<Add extends (flags: Argv) => Argv<unknown>> = Awaited<ReturnType<Add>['argv']>;

export const POLICY = {
  type: 'string',
  describe: 'File with the configuration (kind: MaintenancePolicy); without it the defaults apply',
} as const;

export const FAILURE_POLICY = {
  choices: ['Ignore', 'Fail'] as const,
  default: 'Ignore' as const,
  describe: 'What the API server does when a call fails',
};

export function clusterFlags(flags: Argv) {
  return flags
    .option('kubeconfig', { type: 'string', describe: 'Kubeconfig file; in a pod its service account is used instead' })
    .option('context', { type: 'string', describe: 'Context of the kubeconfig' });
}

/** yargs makes a list of a flag that is given twice, whatever its type says. */
export function repeated(flags: object, names: readonly string[]): readonly Problem[] {
  const lists = new Set(Object.entries(flags).flatMap(([name, value]) => (Array.isArray(value) ? [name] : [])));
  return names.filter((name) => lists.has(name)).map((name) => ({ path: `--${name}`, message: 'was given twice' }));
}
