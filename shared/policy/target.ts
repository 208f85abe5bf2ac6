import { at } from '../facts/json.ts';
import type { NodeField } from '../facts/node-table.ts';
import type { WorkObject } from '../facts/work.ts';
import { nodesMeantBy } from '../scheduling/affinity.ts';
import { reachOf, type Reach } from '../scheduling/reach.ts';
import { daemonSetPlacement } from '../scheduling/placement.ts';
import type { NodeSource } from '../targets/tool.ts';

/** Which nodes in maintenance an object's pods reach, from wherever its tool names them. */
export function targetOf(object: WorkObject, source: NodeSource, field: NodeField): Reach {
  const named = namedBy(object, source);
  if (named !== undefined) return reachOfName(named, field);
  if (object.template === undefined) return { kind: 'cannot', nodes: [] };
  const { placement } = object.template;
  return reachOf(object.kind === 'DaemonSet' ? daemonSetPlacement(placement) : placement, field);
}

/** The node's name that stands in a field or label of the object itself; undefined where its pods decide. */
export function namedBy(object: WorkObject, source: NodeSource): string | undefined {
  switch (source.in) {
    case 'pods':
      return undefined;
    case 'field': {
      const value = at(object.raw, ...source.path);
      return typeof value === 'string' ? value : '';
    }
    case 'label':
      return object.labels.get(source.key) ?? '';
  }
}

/** A node is meant by its name and by its hostname label, whichever a tool wrote. */
function reachOfName(name: string, field: NodeField): Reach {
  const meant = new Set(nodesMeantBy(name, field).map((node) => node.name));
  const nodes = field.held.map((node) => node.name).filter((held) => meant.has(held));
  return nodes.length === 0 ? { kind: 'cannot', nodes: [] } : { kind: 'pinned', nodes };
}
