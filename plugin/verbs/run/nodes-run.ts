import type { ClaimKey } from '../../../shared/index.ts';
import type { Carrier } from './carrier.ts';
import type { ShowLine } from '../../command/output.ts';
import type { SignalRelay } from '../../command/signals.ts';
import type { OutputSource, RunSummary } from './events.ts';
import type { RefusalEvents } from '../../kept-off/refusal-events.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { RunOperation } from './flags.ts';
import type { OnReport } from '../on/index.ts';
import type { ClusterView } from '../../preflight/cluster-view.ts';
import type { Session } from '../../session/session.ts';

/** A run over nodes, from its first write to its end. */
export interface NodesRun {
  /** What tells it from all others in the records of its nodes. */
  readonly id: string;
  readonly operation: RunOperation;
  readonly session: Session;
  /** Hears what taking nodes into maintenance tells. */
  readonly report: OnReport;
  /** Hears that a node failed, and how the run ended, where a program reads. */
  readonly failed: (target: RunTarget) => void;
  readonly summary: (summary: RunSummary) => void;
  /** Shows what is written for a node, by its command or by the check before it. */
  readonly shows: (node: string, by: OutputSource) => ShowLine;
  readonly owner: string;
  /** Who runs it, as the API server knows him, where his pods have to be told from others; undefined: whoever. */
  readonly by: string | undefined;
  /** Nodes that were in maintenance for this owner before. */
  readonly continued: ReadonlySet<string>;
  /** Carries the command out where a node's turn has come. */
  readonly carrier: Carrier;
  /** The cluster around the nodes, followed as long as the run goes on. */
  readonly view: ClusterView;
  /** What was kept off the nodes, followed as well. */
  readonly events: RefusalEvents;
  readonly relay: SignalRelay;
  /**
   * Aborts when more nodes have failed than may, and when the person interrupts. A node whose command has not begun then
   * stops where it is.
   */
  readonly halt: AbortSignal;
  /** Whether more nodes are begun. */
  readonly closing: Closing;
}

/** Why no more nodes are begun, though none has failed; those that are under way come to their end. */
export interface ClosedRun {
  readonly why: string;
  /** When it can go on, at the end of a sentence. */
  readonly goOn: string;
}

/** The end of a run's beginnings: the first reason counts. */
export class Closing {
  readonly #closed = new AbortController();
  #reason: ClosedRun | undefined;

  get signal(): AbortSignal {
    return this.#closed.signal;
  }

  get reason(): ClosedRun | undefined {
    return this.#reason;
  }

  close(reason: ClosedRun): void {
    this.#reason ??= reason;
    this.#closed.abort();
  }
}

/** How far a node has come. `gone`: its command ended well, and the node does not exist any more. */
export type Phase = 'waiting' | 'draining' | 'running' | 'returning' | 'done' | 'gone';

/** A node of a run, and how far the run has come with it. */
export interface RunTarget {
  readonly node: NodeSnapshot;
  /** The how manieth of the run's nodes it is, and of how many. */
  readonly number: number;
  readonly of: number;
  phase: Phase;
  /** The claim that this run writes into its record. */
  readonly claim: ClaimKey & { readonly id: string };
  /** Whether its command has ended well before, and it only has to come back. */
  readonly isCommandDone: boolean;
  /** Whether this run has marked it: where not, a maintenance of the same owner is another run's. */
  isMarked: boolean;
  /** Milliseconds since the epoch. */
  readonly times: { begun?: number; commandBegun?: number; commandEnded?: number; ended?: number };
  /** The exit code of its command; null: none, or a signal ended it. */
  exitCode: number | null;
  /** After a reboot: milliseconds of the time for its way back that are left; undefined: all of it. */
  healthyWithinMs: number | undefined;
  /** Why it went no further. */
  stopped: string | undefined;
  /** What it failed with, where that is why; a bug is no MaintError. */
  failure: Error | undefined;
}
