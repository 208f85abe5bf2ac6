import type { Argv } from 'yargs';
import type { DoctorOperation } from '../operation.ts';
import { clusterFlags, clusterOptions } from './cluster.ts';
import { last } from './values.ts';

/** The flags of `kubectl maint doctor`. */
export function doctorOptions<T>(yargs: Argv<T>) {
  return clusterOptions(yargs)
    .option('output', {
      alias: 'o',
      type: 'string',
      choices: ['json', 'yaml'] as const,
      requiresArg: true,
      coerce: last<'json' | 'yaml'>,
      describe: 'Output format',
    })
    .example('$0 doctor', 'whether backups, scans and add-on changes are really kept off');
}

type DoctorArguments = Awaited<ReturnType<typeof doctorOptions<unknown>>['argv']>;

/** What the flags ask for. Throws MaintError('usage'). */
export function doctorOperation(argv: DoctorArguments): DoctorOperation {
  return { verb: 'doctor', cluster: clusterFlags(argv), format: argv.output ?? 'text' };
}
