import { eventsPath, NODE_EVENT_NAMESPACE, once, type Cluster } from '../../shared/index.ts';
import { OURS, ownEventFromObject, readOwnEvents, type OwnEvent } from '../nodes/own-events.ts';
import { followCollection, type FollowPorts, type LiveCollection } from '../session/live-collection.ts';
import type { MakerEvent } from './kept-off.ts';
import { BACKUP_PIECES, readRefusedPieces, refusedPieceFrom } from './backup-pieces.ts';
import { followMakerEvents, readMakerEvents } from './maker-events.ts';

/** The Events in which stands what was kept off nodes, as long as the API server keeps them. */
export interface RefusalEvents {
  /** Those of plugin and webhook about Nodes, or about one of them. Throws ClusterRefusal. */
  own(node?: string): Promise<readonly OwnEvent[]>;
  /** Those of controllers that could not make something, and what stands in the pieces of Backups. Throws ClusterRefusal. */
  makers(): Promise<readonly MakerEvent[]>;
}

/** Lists when they are asked for. `unread` hears of kinds of Velero that may not be listed. */
export function refusalEventsRead(cluster: Cluster, unread?: (what: string) => void): RefusalEvents {
  return {
    own: (node) => readOwnEvents(cluster, node),
    makers: async () => (await Promise.all([readMakerEvents(cluster), readRefusedPieces(cluster, unread)])).flat(),
  };
}

/**
 * For many nodes one after the other: listed once, and followed until the signal aborts. Each list has the API server go through
 * all Events of the cluster, which are more with every node. Who may not watch them lists them each time.
 */
export function refusalEventsFollowed(
  ports: FollowPorts & { readonly cluster: Cluster },
  signal: AbortSignal,
): RefusalEvents {
  const read = refusalEventsRead(ports.cluster);
  const own = once(() => known(followOwnEvents(ports, signal)));
  const makers = once(() => known(followMakerEvents(ports, signal)));
  const pieces = once(() => Promise.all(BACKUP_PIECES.map((path) => known(followPieces(path, ports, signal)))));
  return {
    own: async (node) => {
      const events = await own();
      if (events === undefined) return read.own(node);
      return node === undefined ? events.all() : events.all().filter((event) => event.node === node);
    },
    makers: async () => {
      const [events, found] = await Promise.all([makers(), pieces()]);
      if (events === undefined) return read.makers();
      return [...events.all(), ...found.flatMap((some) => some?.all() ?? [])];
    },
  };
}

function followOwnEvents(ports: FollowPorts, signal: AbortSignal): LiveCollection<OwnEvent> {
  const [path, query] = [eventsPath(NODE_EVENT_NAMESPACE), { fieldSelector: OURS }];
  return followCollection({ path, query, project: ownEventFromObject, pollMs: 'never', signal }, ports);
}

function followPieces(path: string, ports: FollowPorts, signal: AbortSignal): LiveCollection<MakerEvent> {
  return followCollection({ path, project: refusedPieceFrom, pollMs: 'never', signal }, ports);
}

/** A collection once its objects are there; undefined where they are not to be had. */
async function known<T>(events: LiveCollection<T>): Promise<LiveCollection<T> | undefined> {
  const first = await events.first.catch(() => undefined);
  return first === undefined ? undefined : events;
}
