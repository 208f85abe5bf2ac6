import type { Claim } from '../../../shared/index.ts';
import type { Announcer } from '../../nodes/announce.ts';
import type { OnOperation } from './flags.ts';
import type { OnReport } from './events.ts';
import type { Session } from '../../session/session.ts';

/** One `on` from its first write to its end. */
export interface OnRun {
  readonly operation: OnOperation;
  readonly claim: Claim;
  readonly session: Session;
  readonly report: OnReport;
  readonly announcer: Announcer;
  /** A claim of the same owner that came meanwhile is another run's, and refuses. */
  readonly isAlone: boolean;
  /** Names of the nodes whose maintenance somebody else has ended meanwhile. */
  readonly ended: Set<string>;
  /** Names of the nodes on which a mark was tried. */
  readonly begun: Set<string>;
  /** Names of nodes that are drained while nobody knows whether their record says so. */
  readonly unrecorded: Set<string>;
}
