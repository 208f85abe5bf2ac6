import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { MaintError, type Policy } from '../../shared/index.ts';
import type { Log } from '../log.ts';
import { NodeCache } from '../nodes/cache.ts';
import { failureOf } from '../nodes/followed.ts';
import type { Rendered } from '../probes.ts';
import type { ObjectPlace } from './replacing.ts';
import { Leadership } from './lease/leadership.ts';
import { onlyWhileLeading, type ControlledCluster } from './lease/only-while-leading.ts';
import { MaintenanceRecorder } from './maintenance-events/recorder.ts';
import { controllerMetrics } from './metrics.ts';
import { Term, type Registered, type TermPorts } from './term.ts';

/** What is controlled. */
export interface ControllerOptions {
  readonly registered: Registered;
  /** The Lease that one of several controllers holds; undefined: this one is the only one. */
  readonly lease: ObjectPlace | undefined;
}

/** What controlling needs. */
export interface ControllerPorts {
  readonly cluster: ControlledCluster;
  readonly log: Log;
  readonly policy: Pick<Policy, 'config' | 'tools'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly authoritiesFor: TermPorts['authoritiesFor'];
  /** For tests that do not wait for minutes. */
  readonly tickMs?: number | undefined;
  /** Hears that a registration trusts the webhook again. */
  readonly trustRepaired?: () => void;
}

/** A controller that runs: it leads, or waits until it may. */
export interface Controller {
  readonly metrics: Rendered;
  /** Why it does not do its part, one line per reason; empty also while another one leads. */
  unreadiness(): readonly string[];
  /** Rejects when it cannot go on; never resolves. */
  readonly failed: Promise<never>;
  /** Writes no more, and gives the Lease back. */
  stop(): Promise<void>;
}

/** Follows the nodes, and keeps what has to be kept whenever it leads. */
export function startController({ registered, lease }: ControllerOptions, ports: ControllerPorts): Controller {
  const { cluster, log, now, tickMs } = ports;
  const ended = new AbortController();
  let term: { readonly duties: Term; readonly cluster: ControlledCluster } | undefined;
  const leadership =
    lease === undefined
      ? undefined
      : new Leadership({ cluster, log, now, place: lease, identity: `${hostname()}_${randomUUID()}` });
  const leads = (): boolean => term !== undefined && (leadership?.leads ?? true);
  const nodes = new NodeCache(now, {
    heldChanged: () => term?.duties.nodesChanged(),
    heldSeen: () => term?.duties.heldSeen(),
    deleted: (node) => {
      maintenances.lost(node);
    },
  });
  const maintenances = new MaintenanceRecorder(
    {
      cluster: { send: (request) => term?.cluster.send(request) ?? Promise.reject(notLeading()) },
      leads,
      nodes,
      log,
      now,
    },
    tickMs,
  );
  const lead = async (signal: AbortSignal): Promise<void> => {
    const writable = onlyWhileLeading(cluster, signal, leads);
    const duties = new Term({
      ...ports,
      registered,
      nodes,
      cluster: writable,
      tickMs,
      trustRepaired: ports.trustRepaired ?? (() => undefined),
    });
    term = { duties, cluster: writable };
    void maintenances.write();
    await duties.run(signal);
    term = undefined;
  };
  const failed = failureOf(nodes.follow(cluster, ended.signal), ended.signal);
  const led = leadership === undefined ? lead(ended.signal) : leadership.follow(lead, ended.signal);
  return {
    failed,
    metrics: controllerMetrics({ leads, registration: () => term?.duties.registration, maintenances }),
    unreadiness: () => {
      const problem = leadership?.problem;
      return [
        ...(nodes.synced ? [] : ['nodes: not synced yet']),
        ...(nodes.synced && nodes.isStale(now()) ? ['nodes: not heard of for too long'] : []),
        ...(problem === undefined ? [] : [`lease: ${problem}`]),
        ...(term?.duties.registration?.unreadable === true ? ['registration: may not be read'] : []),
      ];
    },
    stop: async () => {
      maintenances.end();
      ended.abort();
      await led;
    },
  };
}

function notLeading(): MaintError {
  return new MaintError('cluster', 'this controller does not lead');
}
