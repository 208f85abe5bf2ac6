import {
  isHeld,
  keepsScansOff,
  scansKeptOff,
  type Cluster,
  type NodeFacts,
  type PodFacts,
  type ScansKeptOff,
} from '../../../shared/index.ts';
import type { NodeSnapshot } from '../../nodes/snapshot.ts';
import type { StatusFormat } from './flags.ts';
import { policyInForce } from '../../policy/in-force.ts';
import type { Session } from '../../session/session.ts';
import { readEnforcement, type Enforcement } from './enforcement.ts';
import type { LostNode, ReleasedAddon } from './from-events.ts';
import { statusFrom, type NodeStatus } from './node-status.ts';
import { readAbout, readingMemory, type ReadingMemory } from './readings.ts';
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

/** The statuses of some nodes. All that is read for them is read about nodes in maintenance, and at once. */
export async function reportOn(
  nodes: readonly NodeSnapshot[],
  { format, podsOn, memory: known }: Depth,
  session: Session,
  unreadable: Unreadable,
): Promise<Omit<StatusReport, 'lost' | 'released'>> {
  const held = format === 'name' ? [] : nodes.filter(({ facts }) => isHeld(facts)).map(({ facts }) => facts);
  const whole = format !== 'table';
  const now = session.clock.now();
  const memory = known ?? readingMemory(session.clock, 0);
  const [readings, enforcement, kept] = await Promise.all([
    readAbout({ nodes: held, addons: whole, memory, ...(podsOn && { podsOn }) }, session, unreadable),
    held.length === 0 ? null : memory.enforcement.get('', () => readEnforcement(session.cluster, whole, unreadable)),
    memory.scansKeptOff.get('', () => readScansKeptOff(held, now, session.cluster)),
  ]);
  return {
    nodes: nodes.map((node) => statusFrom(node, readings.get(node.facts.name), now)),
    enforcement,
    scansKeptOff: kept,
  };
}

/** The policy is read only where a node has been in maintenance for long. */
async function readScansKeptOff(
  held: readonly NodeFacts[],
  now: number,
  cluster: Cluster,
): Promise<ScansKeptOff | null> {
  const found = scansKeptOff(held, now);
  if (found === undefined) return null;
  const { policy, source } = await policyInForce(cluster);
  // Where no webhook is registered nothing is kept off: that is told already.
  return source.from !== 'unregistered' && keepsScansOff(policy.config) ? found : null;
}
