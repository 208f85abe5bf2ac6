import type { GateState } from '../../health/gate.ts';
import type { AddonWaker } from '../../health/waker.ts';
import type { Announcer } from '../../nodes/announce.ts';
import type { OffOperation } from './flags.ts';
import type { OffEvent } from './events.ts';
import type { Report } from '../../session/report.ts';
import type { Session } from '../../session/session.ts';

/** One `off` from its first write to its end. */
export interface OffRun {
  readonly operation: OffOperation;
  readonly session: Session;
  readonly report: Report<OffEvent>;
  readonly announcer: Announcer;
  readonly waker: AddonWaker;
  /** The nodes that are on their way through the gate, by name: what the live view shows. */
  readonly gates: Map<string, GateState>;
  /** The names of the nodes that are out of maintenance so far. */
  readonly ended: Set<string>;
}
