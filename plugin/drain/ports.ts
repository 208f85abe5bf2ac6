import type { ClusterSender, PodFacts } from '../../shared/index.ts';
import type { Clock } from '../session/clock.ts';
import type { Budgets } from './budgets.ts';
import type { Cause } from './cause.ts';
import type { Databases } from './databases.ts';
import type { Limiter } from './limiter.ts';
import type { LiveNode } from './live-node.ts';
import type { PodsOnNode } from './pods-on-node.ts';
import type { WorkInside } from './work-inside.ts';

/** What happened to a pod, told as it happens. */
export interface DrainListener {
  /** It waits; told again only when the reason changes. */
  waiting(pod: PodFacts, cause: Cause): void;
  /** It was asked to go, and does: what it has waited for holds it no more. */
  going(pod: PodFacts): void;
  gone(pod: PodFacts): void;
  /** Its deletion was asked for, and nobody confirms it. */
  unconfirmed(pod: PodFacts): void;
}

/** What carrying out a plan needs. */
export interface DrainPorts {
  readonly sender: ClusterSender;
  readonly pods: PodsOnNode;
  /** Shared by all nodes that are drained at once, as the limiter. */
  readonly budgets: Budgets;
  /** In which members of a replicated database take turns. */
  readonly databases: Databases;
  readonly inside: Pick<WorkInside, 'in' | 'changed'>;
  /** Bounds the evictions that the API server sees at once. */
  readonly limiter: Limiter;
  readonly clock: Clock;
  /** Ends the drain: interrupted, or out of time. */
  readonly signal: AbortSignal;
  readonly listener: DrainListener;
  readonly gracePeriodSeconds: number;
  readonly disableEviction: boolean;
  /** Where nobody confirms a deletion none is waited for: the node as it is now, not as it was at first. */
  readonly node: LiveNode;
  /** Pods whose deletionTimestamp is longer ago than so many seconds are not waited for; 0 = all are. */
  readonly skipWaitForDeleteSeconds: number;
  /** Pods of lower priority go first, as long as that leads on. */
  readonly byPriority: boolean;
  /** Number between 0 and 1, for spreading retries. */
  random(): number;
}

/** A pod that is still there, and why. */
export interface LeftPod {
  readonly pod: PodFacts;
  readonly cause: Cause;
}
