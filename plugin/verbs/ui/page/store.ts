import { computed, signal } from '@preact/signals';
import type { About, ClusterState, Message, NodeRow, RunState } from '../wire.ts';
import type { Listing, Placed } from './view/listing.ts';
import { reminderOf } from './view/reminder.ts';
import { routeFrom, type Route } from './view/route.ts';
import { NOTHING_SELECTED, type Selection } from './view/selection.ts';

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

export const selection = signal<Selection>(NOTHING_SELECTED);

/**
 * Nodes by cluster and name. They are kept as they are, and wrapped anew by each change: a change of one node copies no list of
 * thousands.
 */
const known = signal({ nodes: new Map<string, Map<string, Placed>>() });

/** Every node of every cluster. */
export const placed = computed<readonly Placed[]>(() =>
  [...known.value.nodes.values()].flatMap((some) => [...some.values()]),
);

export const reminder = computed(() => reminderOf(placed.value, now.value));
/** These change more rarely than what they are made of, and are told apart by what they are. */
export const title = computed(() => reminder.value.title);
export const icon = computed(() => reminder.value.icon);

/** One node; undefined: there is none of this name, or none yet. */
export function rowOf(cluster: string, node: string): NodeRow | undefined {
  return known.value.nodes.get(cluster)?.get(node)?.row;
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
  const { nodes } = known.value;
  const some = whole ? new Map<string, Placed>() : (nodes.get(cluster) ?? new Map<string, Placed>());
  for (const row of changed) some.set(row.name, { cluster, row });
  for (const name of removed) some.delete(name);
  known.value = { nodes: nodes.set(cluster, some) };
}
