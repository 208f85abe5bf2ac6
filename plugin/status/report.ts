import { isHeld, type PodFacts } from '../../shared/index.ts';
import type { NodeSnapshot } from '../nodes/snapshot.ts';
import type { StatusFormat } from '../operation.ts';
import type { Session } from '../session.ts';
import { readEnforcement, type Enforcement } from './enforcement.ts';
import type { LostNode } from './lost-nodes.ts';
import { statusFrom, type NodeStatus } from './node-status.ts';
import { readAbout } from './readings.ts';
import type { Unreadable } from './unreadable.ts';

/** What is known of some nodes, and of the cluster around them. */
export interface StatusReport {
  readonly nodes: readonly NodeStatus[];
  /** Null while no node that is shown is in maintenance: nothing has to be enforced then. */
  readonly enforcement: Enforcement | null;
  /** Nodes that lost their record. */
  readonly lost: readonly LostNode[];
}

/** What is read, and how much. */
export interface Depth {
  /** A name needs nothing, a table not everything that the others show. */
  readonly format: StatusFormat;
  /** The pods on a node, where they are known already. */
  readonly podsOn?: (node: string) => readonly PodFacts[] | undefined;
}

/** The statuses of some nodes. All that is read for them is read about nodes in maintenance, and at once. */
export async function reportOn(
  nodes: readonly NodeSnapshot[],
  { format, podsOn }: Depth,
  session: Session,
  unreadable: Unreadable,
): Promise<Omit<StatusReport, 'lost'>> {
  const held = format === 'name' ? [] : nodes.filter(({ facts }) => isHeld(facts)).map(({ facts }) => facts);
  const whole = format !== 'table';
  const [readings, enforcement] = await Promise.all([
    readAbout({ nodes: held, addons: whole, ...(podsOn && { podsOn }) }, session, unreadable),
    held.length === 0 ? null : readEnforcement(session.cluster, whole, unreadable),
  ]);
  const now = session.clock.now();
  return { nodes: nodes.map((node) => statusFrom(node, readings.get(node.facts.name), now)), enforcement };
}
