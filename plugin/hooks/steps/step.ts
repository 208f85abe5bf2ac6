import type { Cluster } from '../../../shared/index.ts';
import type { DataAtStake } from '../../preflight/data/at-stake.ts';
import type { Resources } from '../../expectations/resources.ts';
import type { WaitPorts } from '../../session/wait.ts';
import type { Undo } from '../record/undo.ts';
import type { RecordedStep, StepKey } from '../record/record.ts';
import type { Servers } from '../servers/servers.ts';
import type { Variables } from '../template.ts';

/** What carrying out a step takes. Its signal aborts when the step's time is over, too. */
export interface StepPorts extends WaitPorts {
  readonly cluster: Cluster;
  readonly resources: Resources;
  readonly servers: Servers;
  readonly atStake: DataAtStake;
  /** What `--allow-data-loss` names. */
  readonly acceptedLoss: readonly string[];
  readonly key: StepKey;
  readonly variables: Variables;
  /** Tells this maintenance of the node from all others. */
  readonly maintenance: string;
  /** The announced end of the maintenance, in milliseconds since the epoch; undefined: nobody has named one. */
  readonly until: number | undefined;
  /** What the node says of the step already. */
  readonly earlier?: RecordedStep | undefined;
  /** Runs programs of this machine; undefined: nobody has allowed it. */
  readonly runProgram: ProgramRunner | undefined;
}

/** Runs a program of this machine to its end. Throws MaintError where it does not end well. */
export type ProgramRunner = (words: readonly string[], variables: Variables, signal: AbortSignal) => Promise<void>;

/** A step that is about to be carried out; nothing of it was done yet. */
export interface Prepared {
  /** What undoes it, in this order. */
  readonly undo: readonly Undo[];
  /** `stale`: what it was prepared from has changed, and nothing was done. Throws MaintError. */
  readonly carryOut: () => Promise<'done' | 'stale'>;
}

/** What undoing came to. `gone`: there is nothing to undo any more; `left`: somebody else has changed these fields since. */
export type Undone =
  | { readonly kind: 'undone' }
  | { readonly kind: 'gone'; readonly why: string }
  | { readonly kind: 'left'; readonly fields: readonly string[] };

/** It is undone. */
export const UNDONE: Undone = { kind: 'undone' };
