import type { ClusterState, Message, NodeRow, RunState } from './wire.ts';

/** What is known of one cluster. */
interface Known {
  state: ClusterState;
  rows: ReadonlyMap<string, NodeRow>;
}

/** Everything that pages show, and whoever hears of its changes. Rows are told apart by themselves: the same object is the same row. */
export class Board {
  readonly #clusters = new Map<string, Known>();
  readonly #runs = new Map<string, RunState>();
  readonly #listeners = new Set<(message: Message) => void>();

  /** A cluster is otherwise, or new. */
  cluster(state: ClusterState): void {
    const known = this.#clusters.get(state.name);
    if (known !== undefined && JSON.stringify(known.state) === JSON.stringify(state)) return;
    this.#clusters.set(state.name, { rows: new Map(), ...known, state });
    this.#tell({ type: 'cluster', cluster: state });
  }

  /** All nodes of a cluster as they are now. */
  nodes(cluster: string, rows: readonly NodeRow[]): void {
    const known = this.#clusters.get(cluster);
    if (known === undefined) return;
    const before = known.rows;
    known.rows = new Map(rows.map((row) => [row.name, row]));
    const changed = rows.filter((row) => isNews(row, before.get(row.name)));
    const removed = [...before.keys()].filter((name) => !known.rows.has(name));
    if (changed.length + removed.length > 0) this.#tell({ type: 'nodes', cluster, whole: false, changed, removed });
  }

  /** A run has begun, got on or ended. */
  run(run: RunState): void {
    this.#runs.set(run.id, run);
    this.#tell({ type: 'run', run });
  }

  /** Keeps no more than so many runs, those that were begun last; none that goes on is given up. */
  forget(most: number): void {
    const ended = [...this.#runs.values()].filter(({ code }) => code !== null);
    for (const { id } of ended.slice(0, Math.max(0, ended.length - most))) this.#runs.delete(id);
  }

  /** The server ends. */
  ending(): void {
    this.#tell({ type: 'ending' });
  }

  row(cluster: string, node: string): NodeRow | undefined {
    return this.#clusters.get(cluster)?.rows.get(node);
  }

  /** Everything that is known, for a page that knows nothing. */
  whole(): readonly Message[] {
    const clusters = [...this.#clusters.values()].flatMap(({ state, rows }): readonly Message[] => [
      { type: 'cluster', cluster: state },
      { type: 'nodes', cluster: state.name, whole: true, changed: [...rows.values()], removed: [] },
    ]);
    const runs = [...this.#runs.values()].map((run): Message => ({ type: 'run', run }));
    return [...clusters, ...runs, { type: 'caught-up' }];
  }

  /** Hears every change until the answer is called. */
  listen(listener: (message: Message) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #tell(message: Message): void {
    for (const listener of this.#listeners) listener(message);
  }
}

function isNews(row: NodeRow, before: NodeRow | undefined): boolean {
  return row !== before && (before === undefined || JSON.stringify(row) !== JSON.stringify(before));
}
