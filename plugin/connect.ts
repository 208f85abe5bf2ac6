import { connectCluster, type Cluster } from '../shared/index.ts';
import type { ClusterFlags } from './operation.ts';
import type { Screen } from './screen.ts';

/** Connects as kubectl would with these flags. Throws MaintError. */
export function connect(flags: ClusterFlags, screen: Screen, version: string): Promise<Cluster> {
  return connectCluster({
    ...flags,
    env: process.env,
    userAgent: `kubectl-maint/${version}`,
    stdinIsTerminal: process.stdin.isTTY,
    onWarning: (text) => {
      screen.warn(text);
    },
  });
}
