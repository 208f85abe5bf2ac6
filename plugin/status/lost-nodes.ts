import { nodePath, type Cluster } from '../../shared/index.ts';
import { lossesIn, type Loss } from '../nodes/lost.ts';
import { readOwnEvents } from '../nodes/own-events.ts';
import { snapshotFromObject } from '../nodes/snapshot.ts';
import type { NodeChoice } from '../operation.ts';
import type { Unreadable } from './unreadable.ts';

/** A node that was deleted while in maintenance, and is back under its name: it carries no record, and takes work. */
export interface LostNode {
  readonly name: string;
  /** When it was deleted; RFC 3339. */
  readonly lostAt: string;
}

/** Those of which the API server still keeps the Event (an hour by default), sorted; of nodes that are named, those only. */
export async function readLostNodes(
  { names }: NodeChoice,
  cluster: Cluster,
  unreadable: Unreadable,
): Promise<readonly LostNode[]> {
  const found = await unreadable.tried('list events', async () => {
    const losses = [...lossesIn(await readOwnEvents(cluster))];
    const asked = losses.filter(([name]) => names.length === 0 || names.includes(name));
    const areBack = await Promise.all(asked.map(([name, loss]) => isBack(name, loss, cluster)));
    return asked.filter((_, index) => areBack[index]).map(([name, { at }]) => ({ name, lostAt: at }));
  });
  return [...(found ?? [])].sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function isBack(name: string, { uid }: Loss, cluster: Cluster): Promise<boolean> {
  const node = snapshotFromObject(await cluster.get(nodePath(name)));
  return node?.facts.record.kind === 'none' && node.facts.uid !== uid;
}
