import type { ClaimKey } from '../../../shared/index.ts';
import type { Carrier } from './carrier.ts';
import type { SignalRelay } from './command/signals.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { RunOperation } from './flags.ts';
import type { OnReport } from '../on/index.ts';
import type { ClusterView } from '../../preflight/cluster-view.ts';
import type { Session } from '../../session/session.ts';

/** A run over nodes, from its first write to its end. */
export interface NodesRun {
  readonly operation: RunOperation;
  readonly session: Session;
  /** Hears what taking nodes into maintenance tells. */
  readonly report: OnReport;
  readonly owner: string;
  /** Nodes that were in maintenance for this owner before. */
  readonly continued: ReadonlySet<string>;
  /** Carries the command out where a node's turn has come. */
  readonly carrier: Carrier;
  /** The cluster around the nodes, followed as long as the run goes on. */
  readonly view: ClusterView;
  readonly relay: SignalRelay;
  /** Aborts with the first failure, and when the person interrupts. A node whose command has not begun then stops where it is. */
  readonly halt: AbortSignal;
}

/** How far a node has come. `gone`: its command ended well, and the node does not exist any more. */
export type Phase = 'waiting' | 'draining' | 'running' | 'returning' | 'done' | 'gone';

/** A node of a run, and how far the run has come with it. */
export interface RunTarget {
  readonly node: NodeSnapshot;
  phase: Phase;
  /** The claim that this run writes into its record. */
  readonly claim: ClaimKey & { readonly id: string };
  /** Whether its command has ended well before, and it only has to come back. */
  readonly isCommandDone: boolean;
  /** Whether this run has marked it: where not, a maintenance of the same owner is another run's. */
  isMarked: boolean;
  /** Why it went no further. */
  stopped: string | undefined;
  /** What it failed with, where that is why; a bug is no MaintError. */
  failure: Error | undefined;
}
