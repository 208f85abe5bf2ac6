import {
  holdsAddons,
  isInMaintenance,
  nodeFromObject,
  NodeTable,
  NODES,
  type ClusterWatcher,
  type CollectionListener,
  type NodeFacts,
  type NodeFactsIndex,
} from '../../shared/index.ts';

/**
 * How long the watch may be silent before its nodes count as stale, in ms: a quiet stream is taken up again after
 * 90 s, with back-off up to 30 s; half as much again covers the new list.
 */
export const STALE_AFTER_MS = 180_000;

/** Who hears of what. */
export interface NodeCacheListener {
  /** Other nodes are in maintenance than before, or add-on changes are let go on one of them, or held again. */
  heldChanged?(): void;
  /** Something about a node in maintenance is another than before, or which nodes are. */
  heldSeen?(): void;
  /** A node was deleted while in maintenance; this is its last state. */
  deleted?(node: NodeFacts): void;
}

/** Every node of the cluster as facts, kept current by a watch. */
export class NodeCache {
  readonly #now: () => number;
  readonly #hears: NodeCacheListener;
  /** Which nodes are held, and which of them let add-on changes go. */
  #held = '';
  #table = new NodeTable();
  #seen = this.#table.held;
  #synced = false;
  #lastContact: number | undefined;
  #interruptions = 0;

  /** `now` gives milliseconds since the epoch. */
  constructor(now: () => number, hears: NodeCacheListener = {}) {
    this.#now = now;
    this.#hears = hears;
  }

  /** The nodes as known now; empty before the first sync. */
  get nodeIndex(): NodeFactsIndex {
    return this.#table;
  }

  get size(): number {
    return this.#table.size;
  }

  /** Whether the nodes were complete once. */
  get synced(): boolean {
    return this.#synced;
  }

  /** How often the watch broke and was taken up again. */
  get interruptions(): number {
    return this.#interruptions;
  }

  /** Milliseconds since the watch last gave a sign of life; undefined before the first. */
  age(now: number): number | undefined {
    return this.#lastContact === undefined ? undefined : Math.max(0, now - this.#lastContact);
  }

  isStale(now: number): boolean {
    return (this.age(now) ?? Infinity) > STALE_AFTER_MS;
  }

  /** Follows the nodes until the signal aborts. Rejects where that is pointless: no right to, or no such API. */
  follow(watcher: ClusterWatcher, signal: AbortSignal): Promise<void> {
    return watcher.follow(NODES, this.#listener(), { signal });
  }

  #listener(): CollectionListener<NodeFacts | undefined> {
    return {
      project: nodeFromObject,
      synced: (nodes) => {
        const earlier = this.#table.held;
        this.#table = new NodeTable(nodes.filter((node) => node !== undefined));
        this.#synced = true;
        // What went while the watch was interrupted: by its uid, since one of the same name may have come.
        for (const node of earlier) if (this.#table.node(node.name)?.uid !== node.uid) this.#hears.deleted?.(node);
        this.#heard();
      },
      changed: (node) => {
        if (node !== undefined) this.#table.put(node);
        this.#heard();
      },
      removed: (node) => {
        if (node !== undefined) {
          this.#table.remove(node.name);
          if (isInMaintenance(node)) this.#hears.deleted?.(node);
        }
        this.#heard();
      },
      alive: () => {
        this.#heard();
      },
      interrupted: () => {
        this.#interruptions += 1;
      },
    };
  }

  #heard(): void {
    this.#lastContact = this.#now();
    const { held } = this.#table;
    // The table makes another list of them whenever one changes.
    if (held !== this.#seen) {
      this.#seen = held;
      this.#hears.heldSeen?.();
    }
    const texts = held.map((node) => `${node.uid} ${String(holdsAddons(node, this.#lastContact ?? 0))}`);
    const text = texts.sort().join();
    if (text === this.#held) return;
    this.#held = text;
    this.#hears.heldChanged?.();
  }
}
