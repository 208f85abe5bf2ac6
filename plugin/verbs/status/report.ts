import { isInMaintenance, type PodFacts, type ScansKeptOff } from '../../../shared/index.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { StatusFormat } from './flags.ts';
import type { Session } from '../../session/session.ts';
import type { Enforcement } from './enforcement.ts';
import type { LostNode, ReleasedAddon } from './from-events.ts';
import { statusFrom, type NodeStatus } from './node-status.ts';
import type { NodeReadings, ReadingMemory } from './readings.ts';
import type { Unreadable } from './unreadable.ts';

/** What is known of some nodes, and of the cluster around them. */
export interface StatusReport {
  readonly nodes: readonly NodeStatus[];
  /** Null while no node that is shown is in maintenance: nothing has to be enforced then. */
  readonly enforcement: Enforcement | null;
  /** Because of which node no scan has run for long; null: scans run, or not for long yet. */
  readonly scansKeptOff: ScansKeptOff | null;
  /** Nodes that lost their record. */
  readonly lost: readonly LostNode[];
  /** Add-on changes that reached a node in its maintenance, although they are held. */
  readonly released: readonly ReleasedAddon[];
}

/** What is read, and how much. */
export interface Depth {
  /** A name needs nothing, a table not everything that the others show. */
  readonly format: StatusFormat;
  /** The pods on a node, where they are known already. */
  readonly podsOn?: (node: string) => readonly PodFacts[] | undefined;
  /** What was read a moment ago, of a view that is shown anew. */
  readonly memory?: ReadingMemory;
}

/** What is read about the nodes in maintenance. */
export interface AboutHeld {
  readonly readings: ReadonlyMap<string, NodeReadings>;
  readonly enforcement: Enforcement | null;
  readonly scansKeptOff: ScansKeptOff | null;
}

const NOTHING_HELD: AboutHeld = { readings: new Map(), enforcement: null, scansKeptOff: null };

/** The statuses of some nodes. All that is read for them is read about nodes in maintenance, and what reads it is loaded for them. */
export async function reportOn(
  nodes: readonly NodeSnapshot[],
  depth: Depth,
  session: Session,
  unreadable: Unreadable,
): Promise<Omit<StatusReport, 'lost' | 'released'>> {
  const held =
    depth.format === 'name' ? [] : nodes.filter(({ facts }) => isInMaintenance(facts)).map(({ facts }) => facts);
  const now = session.clock.now();
  const { readings, ...cluster } =
    held.length === 0 ? NOTHING_HELD : await (await import('./held.ts')).readHeld(held, depth, session, unreadable);
  return { nodes: nodes.map((node) => statusFrom(node, readings.get(node.facts.name), now)), ...cluster };
}
