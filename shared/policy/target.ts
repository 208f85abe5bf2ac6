import { at } from '../facts/json.ts';
import type { NodeFactsIndex } from '../facts/node-table.ts';
import type { WorkObject } from '../facts/work.ts';
import { nodesMeantBy } from '../scheduling/affinity.ts';
import { reachOf, type Reach } from '../scheduling/reach.ts';
import { daemonSetPlacement } from '../scheduling/placement.ts';
import type { NodeSource } from '../targets/tool.ts';
import { companionsOf, lookedUp, type TargetNodes } from './lookups.ts';
import { NO_ANSWERS, type Answers } from './needs.ts';

/**
 * Which nodes in maintenance an object's work reaches, from wherever its tool names them. What has to be looked up for
 * it (see lookups.ts) is taken from the answers; what is not among them is taken as not there.
 */
export function targetOf(
  object: WorkObject,
  source: NodeSource,
  nodeIndex: NodeFactsIndex,
  answers: Answers = NO_ANSWERS,
): Reach {
  const named = namedBy(object, source);
  if (named !== undefined) return reachOfName(named, nodeIndex);
  const found = lookedUp(object, source, answers);
  if (found !== undefined) return reachOfFound(found, nodeIndex);
  if (object.template === undefined) return CANNOT;
  const { placement } = object.template;
  return reachOf(object.kind === 'DaemonSet' ? daemonSetPlacement(placement) : placement, nodeIndex, {
    companions: companionsOf(object, answers),
  });
}

const CANNOT: Reach = { kind: 'cannot', nodes: [] };

/** The node's name that stands in a field or label of the object itself; undefined where its pods decide. */
export function namedBy(object: WorkObject, source: NodeSource): string | undefined {
  switch (source.in) {
    case 'pods':
    case 'object':
    case 'pods-labelled':
    case 'pods-with-claims':
      return undefined;
    case 'field': {
      const value = at(object.raw, ...source.path);
      return typeof value === 'string' ? value : '';
    }
    case 'label':
      return object.labels.get(source.key) ?? '';
  }
}

/** Work on every one of the nodes is pinned as soon as one is held; work on any one of them, when all are. */
function reachOfFound({ nodes, chosen }: TargetNodes, nodeIndex: NodeFactsIndex): Reach {
  const reached = nodes.map((name) => reachOfName(name, nodeIndex));
  const held = [...new Set(reached.flatMap((reach) => reach.nodes))].sort();
  const isElsewhere = chosen === 'any' && reached.some(({ kind }) => kind === 'cannot');
  return held.length === 0 || isElsewhere ? CANNOT : { kind: 'pinned', nodes: held };
}

/** A node is meant by its name and by its hostname label, whichever a tool wrote. */
function reachOfName(name: string, nodeIndex: NodeFactsIndex): Reach {
  const held = nodesMeantBy(name, nodeIndex).filter((node) => nodeIndex.isInMaintenance(node.name));
  return held.length === 0 ? CANNOT : { kind: 'pinned', nodes: held.map((node) => node.name).sort() };
}
