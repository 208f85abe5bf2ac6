import { isatty } from 'node:tty';
import { connectCluster, type Cluster, type Exchange } from '../../shared/index.ts';
import { logLines } from './request-log.ts';
import type { Screen } from '../terminal/screen.ts';
import type { ConnectOptions } from '../../shared/index.ts';

/** kubectl's connection flags. */
export type ClusterFlags = Omit<
  ConnectOptions,
  'env' | 'userAgent' | 'onWarning' | 'onOutage' | 'onExchange' | 'interrupt' | 'stdinIsTerminal'
> & {
  /** kubectl's -v: from 6 on requests are logged. */
  readonly logLevel?: number | undefined;
  /** A warning of the API server makes a command that did its work fail. */
  readonly warningsAsErrors?: boolean | undefined;
};

/** What the process knows that connects. */
export interface Caller {
  readonly screen: Screen;
  readonly version: string;
  /** Aborts when the person interrupts. */
  readonly signal: AbortSignal;
  /** How many warnings the API server has sent. */
  readonly warnings: { count: number };
}

/** The descriptor of what is typed. */
const STDIN = 0;

/** Connects as kubectl would with these flags. Throws MaintError. */
export function connect(flags: ClusterFlags, { screen, version, signal, warnings }: Caller): Promise<Cluster> {
  const { logLevel = 0 } = flags;
  const log = (exchange: Exchange): void => {
    for (const line of logLines(exchange, logLevel)) screen.note(line);
  };
  return connectCluster({
    ...flags,
    ...(logLevel > 0 && { onExchange: log }),
    env: process.env,
    userAgent: `kubectl-maint/${version}`,
    interrupt: signal,
    // Asked of the system: a stream of it takes 3 ms to make.
    stdinIsTerminal: isatty(STDIN),
    onOutage: (why) => {
      screen.note(`waiting for the API server: ${why}`);
    },
    onWarning: (text) => {
      warnings.count += 1;
      screen.warn(text);
    },
  });
}
