import type { Argv } from 'yargs';
import type { OffOperation } from '../operation.ts';
import { last, timeoutFlag } from './values.ts';

/** When a node counts as healthy. */
export function healthOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('healthy-for', {
      type: 'string',
      default: '30s',
      requiresArg: true,
      coerce: last<string>,
      describe: 'How long the node must stay clean: Ready, heartbeat in time, no pressure',
    })
    .option('skip-health-check', {
      type: 'boolean',
      default: false,
      coerce: last<boolean>,
      describe: 'Bring the node back whatever its health',
    });
}

type HealthArguments = Awaited<ReturnType<typeof healthOptions<unknown>>['argv']>;

/** What they ask for. Throws MaintError('usage'). */
export function healthFlags(argv: HealthArguments): Pick<OffOperation, 'skipHealthCheck' | 'healthyForMs'> {
  return {
    skipHealthCheck: argv['skip-health-check'] === true,
    healthyForMs: timeoutFlag('--healthy-for', argv['healthy-for'] ?? '30s'),
  };
}
