import type { Cluster } from '../../shared/index.ts';
import type { Clock } from './clock.ts';
import type { Screen } from '../terminal/screen.ts';

/** What a command works with. */
export interface Session {
  readonly cluster: Cluster;
  readonly screen: Screen;
  readonly clock: Clock;
  /** Aborts when the person interrupts the command. */
  readonly signal: AbortSignal;
}
