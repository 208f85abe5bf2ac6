import { isInMaintenance, once, type ClaimKey } from '../../../shared/index.ts';
import { podsOfEachNode, type PodsByNode } from '../../drain/pods-by-node.ts';
import type { GateState } from '../../health/gate.ts';
import { refusalEventsRead, type RefusalEvents } from '../../kept-off/refusal-events.ts';
import { hookRun, readHooks, type HookRun } from '../../hooks/hook-run.ts';
import { Announcer } from '../../nodes/announce.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { Report } from '../../session/report.ts';
import type { Session } from '../../session/session.ts';
import type { OffEvent } from './events.ts';
import type { OffOperation } from './flags.ts';

/** A node that this command brings back, and which claims it drops there. */
export interface OffTarget {
  readonly node: NodeSnapshot;
  readonly claims: readonly ClaimKey[];
  /** Since when it is in maintenance (RFC 3339). */
  readonly since: string;
}

/** Where is read what is not about one node alone: a run over nodes follows it, and does not read all of it for each. */
export interface OffSources {
  pods(): Promise<PodsByNode>;
  readonly events: RefusalEvents;
}

/** Each is read when it is asked for. */
export function sourcesOnce(session: Session): OffSources {
  return {
    pods: () => Promise.resolve(podsOfEachNode(session)),
    events: refusalEventsRead(session.cluster),
  };
}

/** One `off`, from its first look to its end. */
export interface OffRun {
  readonly operation: OffOperation;
  readonly session: Session;
  readonly report: Report<OffEvent>;
  readonly announcer: Announcer;
  readonly sources: OffSources;
  /** What is done on the way back, and undone. */
  readonly hooks: () => Promise<HookRun>;
  /** The nodes that are on their way through the gate, by name: what the live view shows. */
  readonly gates: Map<string, GateState>;
  /** The names of the nodes that are out of maintenance so far. */
  readonly back: Set<string>;
}

/** A run that has not written anything yet. */
export function newOffRun(known: Pick<OffRun, 'operation' | 'session' | 'report' | 'sources'>): OffRun {
  const { operation, session, report } = known;
  const announcer = new Announcer(session, isInMaintenance);
  const hooks = once(async () =>
    hookRun(await readHooks(operation.hooks, session), { session, report, acceptedLoss: [] }),
  );
  return { ...known, announcer, hooks, gates: new Map(), back: new Set() };
}
