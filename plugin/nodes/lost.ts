import type { ClusterReader } from '../../shared/index.ts';
import { readOwnEvents, type OwnEvent } from './own-events.ts';

/** A record that was lost because its Node was deleted. */
export interface Loss {
  /** UID of the Node that was deleted: one that is there with another has come back without the record. */
  readonly uid: string;
  /** RFC 3339. */
  readonly at: string;
}

/**
 * When a record was lost because its Node was deleted (RFC 3339), by the node's name: the webhook writes an Event then,
 * and a Node that comes back under the same name has no record. A loss is over with the next maintenance of that node.
 * Empty where Events cannot be read: they are a reminder, and no command fails for want of it.
 */
export async function lostRecords(cluster: ClusterReader): Promise<ReadonlyMap<string, string>> {
  try {
    return new Map([...lossesIn(await readOwnEvents(cluster))].map(([name, { at }]) => [name, at]));
  } catch {
    return new Map();
  }
}

/** What begins or ends a maintenance: whatever was lost before it does not matter any more. */
const LATER = ['MaintenanceInitiated', 'MaintenanceEnded'];

/** The losses that no later maintenance has made history, by node. An Event without the Node's UID tells of none. */
export function lossesIn(events: readonly OwnEvent[]): ReadonlyMap<string, Loss> {
  const losses = new Map<string, Loss>();
  for (const event of events) {
    const loss = lossFrom(event);
    // Timestamps of one form in whole seconds, so text compares as time does.
    if (loss !== undefined && loss.at > (losses.get(event.node)?.at ?? '')) losses.set(event.node, loss);
  }
  for (const { node, createdAt } of events.filter(({ reason }) => LATER.includes(reason))) {
    if (createdAt > (losses.get(node)?.at ?? createdAt)) losses.delete(node);
  }
  return losses;
}

function lossFrom({ uid, reason, createdAt }: OwnEvent): Loss | undefined {
  return reason === 'MaintenanceLost' && uid !== undefined ? { uid, at: createdAt } : undefined;
}
