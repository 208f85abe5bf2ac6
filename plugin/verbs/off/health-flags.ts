import type { FlagTable, FlagValues } from '../../command-line/flag.ts';
import { timeoutFlag } from '../../command-line/values.ts';

/** When a node counts as healthy. */
export interface HealthFlags {
  readonly skipHealthCheck: boolean;
  /** Milliseconds during which the node must stay clean. */
  readonly healthyForMs: number;
}

/** The flags that say when a node counts as healthy. */
export const HEALTH_FLAGS = {
  'healthy-for': {
    kind: 'value',
    default: '30s',
    value: timeoutFlag,
    describe: 'How long the node must stay clean: Ready, heartbeat in time, no pressure',
  },
  'skip-health-check': { kind: 'switch', default: false, describe: 'Bring the node back whatever its health' },
} as const satisfies FlagTable;

/** What they ask for. */
export function healthFlags(values: FlagValues<typeof HEALTH_FLAGS>): HealthFlags {
  return { skipHealthCheck: values['skip-health-check'], healthyForMs: values['healthy-for'] };
}
