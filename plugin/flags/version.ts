import type { Argv } from 'yargs';
import type { PrintOperation } from '../operation.ts';
import { last } from './values.ts';

/** The flags of `kubectl maint version`. */
export function versionOptions<T>(yargs: Argv<T>) {
  return yargs.option('output', {
    alias: 'o',
    type: 'string',
    choices: ['json', 'yaml'] as const,
    requiresArg: true,
    coerce: last<'json' | 'yaml'>,
    describe: 'Output format',
  });
}

type VersionArguments = Awaited<ReturnType<typeof versionOptions<unknown>>['argv']>;

/** The version of this plugin, under the name that kubectl gives to a client's. */
export function versionOperation({ output }: VersionArguments, version: string): PrintOperation {
  switch (output) {
    case 'json':
      return { verb: 'print', text: JSON.stringify({ clientVersion: { gitVersion: version } }, undefined, 2) };
    case 'yaml':
      return { verb: 'print', text: `clientVersion:\n  gitVersion: ${version}` };
    case undefined:
      return { verb: 'print', text: `kubectl maint ${version}` };
  }
}
