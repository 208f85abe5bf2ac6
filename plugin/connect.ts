import { connectCluster, type Cluster } from '../shared/index.ts';
import type { ClusterFlags } from './operation.ts';
import type { Screen } from './screen.ts';

/** What the process knows that connects. */
export interface Caller {
  readonly screen: Screen;
  readonly version: string;
  /** Aborts when the person interrupts. */
  readonly signal: AbortSignal;
}

/** Connects as kubectl would with these flags. Throws MaintError. */
export function connect(flags: ClusterFlags, { screen, version, signal }: Caller): Promise<Cluster> {
  return connectCluster({
    ...flags,
    env: process.env,
    userAgent: `kubectl-maint/${version}`,
    interrupt: signal,
    stdinIsTerminal: process.stdin.isTTY,
    onWarning: (text) => {
      screen.warn(text);
    },
  });
}
