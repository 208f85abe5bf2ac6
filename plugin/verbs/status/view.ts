import type { StatusFormat } from './flags.ts';
import { renderNode } from './node-text.ts';
import { printReport, type LiveArea, type Screen } from '../../terminal/screen.ts';
import { isInMaintenanceOrCordoned, type NodeStatus } from './node-status.ts';
import { isForPeople, NO_NODES } from './notes.ts';
import { nameOf, StatusTable, type TableStyle } from './text.ts';

/** Shows statuses that change. */
export interface StatusView {
  /** Everything that is known now, nodes that have left maintenance included. */
  show(nodes: readonly NodeStatus[], now: number): Promise<void>;
  /** Time has passed. */
  tick(now: number): void;
  /** Nothing more is coming. */
  end(now: number): void;
}

/** What a view looks like. */
export type ViewStyle = Omit<TableStyle, 'now'>;

/** A table that is drawn anew in its place; its last state stays on the screen. */
export class LiveTable implements StatusView {
  readonly #format: 'table' | 'wide';
  readonly #area: LiveArea;
  readonly #screen: Screen;
  /** Its width: 0 = the terminal's, as it is by then. */
  readonly #style: ViewStyle;
  /** Whether nodes are shown whatever their state. */
  readonly #all: boolean;
  #nodes: readonly NodeStatus[] | undefined;

  constructor(
    format: 'table' | 'wide',
    where: { readonly area: LiveArea; readonly screen: Screen },
    { style, all }: { readonly style: ViewStyle; readonly all: boolean },
  ) {
    this.#format = format;
    this.#area = where.area;
    this.#screen = where.screen;
    this.#style = style;
    this.#all = all;
  }

  show(nodes: readonly NodeStatus[], now: number): Promise<void> {
    this.#nodes = this.#all ? nodes : nodes.filter(isInMaintenanceOrCordoned);
    this.tick(now);
    return Promise.resolve();
  }

  tick(now: number): void {
    if (this.#nodes === undefined) return;
    const { rows, columns } = this.#area.size();
    const { width } = this.#style;
    const lines = this.#render(this.#nodes, width === 0 ? columns : Math.min(width, columns), now).split('\n');
    // One row for the cursor, below the view: what scrolls out cannot be drawn anew.
    const room = Math.max(1, rows - 1);
    const shown =
      lines.length <= room ? lines : [...lines.slice(0, room - 1), `... and ${lines.length - room + 1} more nodes`];
    this.#area.show(shown);
  }

  end(now: number): void {
    const width = this.#style.width === 0 ? this.#area.size().columns : this.#style.width;
    this.#area.clear();
    if (this.#nodes !== undefined) this.#screen.result(this.#render(this.#nodes, width, now));
  }

  #render(nodes: readonly NodeStatus[], width: number, now: number): string {
    const table = new StatusTable(this.#format, { ...this.#style, width }).render(nodes, now);
    return table === '' ? NO_NODES : table;
  }
}

/** Appends a node whenever something of it has changed, as `kubectl get --watch` does. */
export class AppendedRows implements StatusView {
  readonly #render: (nodes: readonly NodeStatus[], now: number) => Promise<string>;
  readonly #screen: Screen;
  readonly #last = new Map<string, NodeStatus>();
  readonly #isForPeople: boolean;
  /** Said once, where people read: it is history as soon as rows follow. */
  #none: string | undefined;

  constructor(format: StatusFormat, screen: Screen, style: ViewStyle) {
    this.#isForPeople = isForPeople(format);
    this.#none = this.#isForPeople ? NO_NODES : undefined;
    this.#render = rowsIn(format, style);
    this.#screen = screen;
  }

  async show(nodes: readonly NodeStatus[], now: number): Promise<void> {
    if (nodes.length === 0 && this.#none !== undefined) this.#screen.note(this.#none);
    this.#none = undefined;
    const there = new Set(nodes.map(({ name }) => name));
    const gone = [...this.#last.values()].filter(({ name }) => !there.has(name));
    const news = [
      ...nodes.filter((node) => isNews(node, this.#last.get(node.name))),
      ...gone.map((node) => ({ ...node, state: 'Deleted' })),
    ];
    for (const { name } of gone) this.#last.delete(name);
    for (const node of nodes) this.#last.set(node.name, node);
    if (news.length > 0) printReport(this.#screen, await this.#render(news, now), this.#isForPeople);
  }

  tick(): void {
    // What is written stays as it is.
  }

  end(): void {
    // Every change is written already.
  }
}

/** The heartbeat goes on all the time; that it stops is in the health. */
function isNews(node: NodeStatus, last: NodeStatus | undefined): boolean {
  const essence = (status: NodeStatus): string => JSON.stringify({ ...status, heartbeat: status.heartbeat !== null });
  return last === undefined || essence(node) !== essence(last);
}

function rowsIn(
  format: StatusFormat,
  style: ViewStyle,
): (nodes: readonly NodeStatus[], now: number) => Promise<string> {
  switch (format) {
    case 'json':
      return (nodes) => Promise.resolve(nodes.map((node) => JSON.stringify(node)).join('\n'));
    case 'yaml':
      return async (nodes) => {
        const { stringify } = await import('yaml');
        return nodes.map((node) => `---\n${stringify(node).trimEnd()}`).join('\n');
      };
    case 'name':
      return (nodes) => Promise.resolve(nodes.map(nameOf).join('\n'));
    case 'node':
      return (nodes, now) => Promise.resolve(nodes.map((node) => renderNode(node, now)).join('\n\n'));
    case 'table':
    case 'wide': {
      const table = new StatusTable(format, style);
      return (nodes, now) => Promise.resolve(table.render(nodes, now));
    }
  }
}
