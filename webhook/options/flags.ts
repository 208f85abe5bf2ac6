import type { Argv } from 'yargs';
import type { Problem } from '../../shared/index.ts';
import { LOG_LEVELS } from '../log.ts';

/** What a command's flags are once they are read. */
export type Flags<Add extends (flags: Argv) => Argv<unknown>> = Awaited<ReturnType<Add>['argv']>;

export const POLICY = {
  type: 'string',
  describe: 'File with the configuration (kind: MaintenancePolicy); without it the defaults apply',
} as const;

export const CONTROLLER = {
  type: 'string',
  describe: 'User name by which the API server knows who keeps the register: a policy keeps everybody else off it',
} as const;

export const FAILURE_POLICY = {
  choices: ['Ignore', 'Fail'] as const,
  default: 'Ignore' as const,
  describe: 'What the API server does when a call fails',
};

export const HEALTH_PORT = {
  type: 'number',
  default: 9440,
  describe: 'HTTP port for /livez and /readyz; 0 = any free one',
} as const;

export const METRICS_PORT = {
  type: 'number',
  default: 9441,
  describe: 'HTTP port for /metrics; 0 = any free one',
} as const;

export const LOG_LEVEL = { choices: LOG_LEVELS, default: 'info' as const, describe: 'How much is logged' };

export function clusterFlags(flags: Argv) {
  return flags
    .option('kubeconfig', { type: 'string', describe: 'Kubeconfig file; in a pod its service account is used instead' })
    .option('context', { type: 'string', describe: 'Context of the kubeconfig' });
}

/** yargs makes a list of a flag that is given twice, whatever its type says; `lists` may be given more than once. */
export function repeated(flags: object, lists: readonly string[] = []): readonly Problem[] {
  const given = Object.entries(flags).flatMap(([name, value]) => (Array.isArray(value) && isFlag(name) ? [name] : []));
  const twice = given.filter((name) => !lists.includes(name));
  return twice.map((name) => ({ path: `--${name}`, message: 'was given twice' }));
}

/** Whether it is a flag as it is written: yargs keeps it in camel case as well, and words that are no flags in `_`. */
function isFlag(name: string): boolean {
  return /^[a-z-]+$/.test(name);
}

/** A number that is not a whole one from 0 to `max`. */
export function outside(path: string, value: number, max: number): readonly Problem[] {
  const inside = Number.isInteger(value) && value >= 0 && value <= max;
  return inside ? [] : [{ path, message: `must be a whole number from 0 to ${max}` }];
}
