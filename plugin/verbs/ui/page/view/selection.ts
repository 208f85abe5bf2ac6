/** Nodes that somebody has chosen to do something with: of one cluster, since a command line has one. */
export interface Selection {
  readonly cluster: string;
  readonly nodes: readonly string[];
}

/** Nothing is chosen. */
export const NOTHING_SELECTED: Selection = { cluster: '', nodes: [] };

/** Whether a node is chosen. */
export function isSelected({ cluster, nodes }: Selection, of: string, node: string): boolean {
  return cluster === of && nodes.includes(node);
}

/** Whether a node may be chosen: not while some of another cluster are. */
export function isSelectable({ cluster, nodes }: Selection, of: string): boolean {
  return nodes.length === 0 || cluster === of;
}

/** One node more, or one fewer. In the order of their names. */
export function toggled(selection: Selection, cluster: string, node: string): Selection {
  if (!isSelectable(selection, cluster)) return selection;
  const others = selection.nodes.filter((one) => one !== node);
  const isThere = others.length < selection.nodes.length;
  return { cluster, nodes: isThere ? others : [...others, node].sort() };
}

/** Without the nodes that are not there any more. */
export function stillThere(selection: Selection, isThere: (cluster: string, node: string) => boolean): Selection {
  return { ...selection, nodes: selection.nodes.filter((node) => isThere(selection.cluster, node)) };
}
