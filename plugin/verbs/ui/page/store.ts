import { computed, signal } from '@preact/signals';
import type { About, ClusterState, Message, NodeRow, RunState } from '../wire.ts';
import type { Listing, Placed } from './view/listing.ts';
import { reminderOf } from './view/reminder.ts';
import { routeFrom, type Route } from './view/route.ts';

/** Between the page and its server. `locked`: this browser has no session there. */
export type Link = 'opening' | 'live' | 'lost' | 'ending' | 'locked';

export const about = signal<About | undefined>(undefined);
export const link = signal<Link>('opening');
/** What the server said when it refused to open. */
export const lockedWhy = signal('');
export const route = signal<Route>(routeFrom(location.hash));
export const now = signal(Date.now());
export const clusters = signal<ReadonlyMap<string, ClusterState>>(new Map());
export const runs = signal<ReadonlyMap<string, RunState>>(new Map());
export const listing = signal<Listing>({ filter: 'all', search: '', sort: 'name', isDescending: false });

/**
 * Rows by cluster and name. They are kept as they are, and wrapped anew by each change: a change of one node copies no list of
 * thousands.
 */
const known = signal({ rows: new Map<string, Map<string, NodeRow>>() });

/** Every node of every cluster. */
export const placed = computed<readonly Placed[]>(() =>
  [...known.value.rows].flatMap(([cluster, some]) => [...some.values()].map((row) => ({ cluster, row }))),
);

export const reminder = computed(() => reminderOf(placed.value, now.value));

/** One node; undefined: there is none of this name, or none yet. */
export function rowOf(cluster: string, node: string): NodeRow | undefined {
  return known.value.rows.get(cluster)?.get(node);
}

/** Takes what the server said into what is known. */
export function take(message: Message): void {
  switch (message.type) {
    case 'cluster':
      clusters.value = new Map(clusters.value).set(message.cluster.name, message.cluster);
      return;
    case 'nodes':
      takeNodes(message);
      return;
    case 'run':
      runs.value = new Map(runs.value).set(message.run.id, message.run);
      return;
    case 'caught-up':
      link.value = 'live';
      return;
    case 'ending':
      link.value = 'ending';
  }
}

function takeNodes({ cluster, whole, changed, removed }: Extract<Message, { type: 'nodes' }>): void {
  const { rows } = known.value;
  const some = whole ? new Map<string, NodeRow>() : (rows.get(cluster) ?? new Map<string, NodeRow>());
  for (const row of changed) some.set(row.name, row);
  for (const name of removed) some.delete(name);
  known.value = { rows: rows.set(cluster, some) };
}
