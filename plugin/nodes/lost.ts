import type { ClusterReader } from '../../shared/index.ts';
import { readOwnEvents, type OwnEvent } from './own-events.ts';

/**
 * When a record was lost because its Node was deleted (RFC 3339), by the node's name: the webhook writes an Event then,
 * and a Node that comes back under the same name has no record. A loss is over with the next maintenance of that node.
 * Empty where Events cannot be read: they are a reminder, and no command fails for want of it.
 */
export async function lostRecords(cluster: ClusterReader): Promise<ReadonlyMap<string, string>> {
  try {
    return lossesIn(await readOwnEvents(cluster));
  } catch {
    return new Map();
  }
}

/** What begins or ends a maintenance: whatever was lost before it does not matter any more. */
const LATER = ['MaintenanceInitiated', 'MaintenanceEnded'];

/** The losses that no later maintenance has made history, by node. */
export function lossesIn(events: readonly OwnEvent[]): ReadonlyMap<string, string> {
  const losses = new Map<string, string>();
  for (const { node, reason, createdAt } of events) {
    if (reason === 'MaintenanceLost' && createdAt > (losses.get(node) ?? '')) losses.set(node, createdAt);
  }
  // Timestamps of one form in whole seconds, so text compares as time does.
  for (const { node, reason, createdAt } of events) {
    if (LATER.includes(reason) && createdAt > (losses.get(node) ?? createdAt)) losses.delete(node);
  }
  return losses;
}
