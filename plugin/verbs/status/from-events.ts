import { nodePath, type Cluster } from '../../../shared/index.ts';
import { lossesIn, type Loss } from '../../nodes/lost.ts';
import { readOwnEvents, type OwnEvent } from '../../nodes/own-events.ts';
import { snapshotFromObject } from '../../nodes/snapshot.ts';
import type { NodeChoice } from '../../nodes/choose.ts';
import type { NodeStatus } from './node-status.ts';
import type { Unreadable } from './unreadable.ts';

/** A node that was deleted while in maintenance, and is back under its name: it carries no record, and takes work. */
export interface LostNode {
  readonly name: string;
  /** When it was deleted; RFC 3339. */
  readonly lostAt: string;
}

/** A change of an add-on that reached a node in maintenance: nobody could tell in time that it had to wait. */
export interface ReleasedAddon {
  readonly node: string;
  /** What the webhook wrote of it. */
  readonly what: string;
  readonly times: number;
  /** RFC 3339. */
  readonly lastAt: string;
}

/** What the Events of plugin and webhook tell beyond the nodes themselves. */
export interface FromEvents {
  readonly lost: readonly LostNode[];
  /** In this or in an earlier maintenance. */
  readonly released: readonly ReleasedAddon[];
}

export const NO_EVENTS: FromEvents = { lost: [], released: [] };

/** Those that the API server still keeps (an hour by default), sorted; of nodes that are named, those only. */
export async function readFromEvents(
  { names }: NodeChoice,
  cluster: Cluster,
  unreadable: Unreadable,
): Promise<FromEvents> {
  const isAsked = (node: string): boolean => names.length === 0 || names.includes(node);
  const found = await unreadable.tried('list events', async () => {
    const events = (await readOwnEvents(cluster)).filter(({ node }) => isAsked(node));
    return { lost: await lostNodes(events, cluster), released: events.filter(isRelease).map(releasedAddon) };
  });
  return found ?? NO_EVENTS;
}

/** Those that were released in the maintenance that a node is in now. */
export function releasedDuring(nodes: readonly NodeStatus[], { released }: FromEvents): readonly ReleasedAddon[] {
  const since = new Map(nodes.map((node) => [node.name, node.since === null ? Infinity : Date.parse(node.since)]));
  return released.filter(({ node, lastAt }) => Date.parse(lastAt) >= (since.get(node) ?? Infinity));
}

async function lostNodes(events: readonly OwnEvent[], cluster: Cluster): Promise<readonly LostNode[]> {
  const losses = [...lossesIn(events)];
  const areBack = await Promise.all(losses.map(([name, loss]) => isBack(name, loss, cluster)));
  return losses
    .filter((_, index) => areBack[index])
    .map(([name, { at }]) => ({ name, lostAt: at }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

async function isBack(name: string, { uid }: Loss, cluster: Cluster): Promise<boolean> {
  const node = snapshotFromObject(await cluster.get(nodePath(name)));
  return node?.facts.record.kind === 'none' && node.facts.uid !== uid;
}

function isRelease({ reason }: OwnEvent): boolean {
  return reason === 'AddonReleased';
}

function releasedAddon({ node, message, count, lastAt }: OwnEvent): ReleasedAddon {
  return { node, what: message, times: count, lastAt };
}
