import type { Claim, ClaimKey } from '../../../shared/index.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { CommandPorts } from '../../command/child.ts';
import type { SignalRelay } from '../../command/signals.ts';

/** The node whose turn it is, drained, and the claim by which it is kept so. */
export interface Turn {
  readonly node: NodeSnapshot;
  readonly claim: ClaimKey & Partial<Claim>;
}

/** Whom a command has to do with while it runs. */
export interface CarrierPorts extends CommandPorts {
  readonly relay: SignalRelay;
  /** Aborts when the node has gone down, and all that ran there with it; undefined: nobody looks. */
  readonly down?: AbortSignal | undefined;
}

/** How a command ended. */
export interface CarriedOut {
  /** Its exit code; null where a signal ended it, or nobody knows. */
  readonly code: number | null;
  /** Whether the run may go on; a command that had to be stopped has failed, even where it exits with 0 then. */
  readonly isWell: boolean;
  /** A signal that was not ours may have ended it, or a connection that broke: what happens where a node goes down. */
  readonly mayBeDown: boolean;
  /** The end of a sentence about the command. */
  readonly words: string;
}

/** Where a command is carried out, and how: it knows nothing of maintenance. */
export interface Carrier {
  /** The command line that is carried out, as it is shown. */
  readonly line: string;
  /** Refuses what it could not carry out on these nodes, before anything is changed. Throws MaintError. */
  refuseAhead(nodes: readonly NodeSnapshot[]): Promise<void>;
  /** Carries the command out for one node, to its end. Throws MaintError('gave-up') where it cannot be begun. */
  carryOut(turn: Turn, ports: CarrierPorts): Promise<CarriedOut>;
}
