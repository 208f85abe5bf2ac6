import { isInMaintenance, type NodeFacts } from '../facts/node.ts';
import type { NodeFactsIndex } from '../facts/node-table.ts';
import { CONTROL_PLANE_LABEL } from '../labels.ts';
import type { Objection } from './rule.ts';

/**
 * What a new mark would take from the cluster: the quorum of its control plane (Ready nodes left ≥ floor(n/2)+1; off
 * where none is visible, as in managed clusters), or its last worker that takes work. A claim may accept either.
 */
export function breaksGuard(marked: NodeFacts, nodeIndex: NodeFactsIndex): readonly Objection<'LastNode'>[] {
  if (accepts(marked)) return [];
  const others = [...nodeIndex.others()].filter((node) => node.name !== marked.name);
  return marked.labels.has(CONTROL_PLANE_LABEL) ? quorum(marked, nodeIndex) : lastWorker(marked, others);
}

/** `allowLastNode: true` on a claim: `kubectl maint on --allow-last-node`. */
function accepts({ record }: NodeFacts): boolean {
  return record.kind === 'record' && record.record.claims.some((claim) => claim['allowLastNode'] === true);
}

/** What a control plane comes to without one of its nodes. */
export interface Quorum {
  /** Nodes left that are Ready and not in maintenance. */
  readonly ready: number;
  /** Its nodes, the one that goes included. */
  readonly all: number;
  /** Ready nodes that it needs: floor(all / 2) + 1, etcd's majority. */
  readonly needed: number;
}

/** The control plane without the node of this name. */
export function quorumWithout(name: string, nodes: Iterable<NodeFacts>): Quorum {
  const left = [...nodes].filter((node) => node.labels.has(CONTROL_PLANE_LABEL) && node.name !== name);
  const all = left.length + 1;
  return {
    ready: left.filter((node) => node.ready && !isInMaintenance(node)).length,
    all,
    needed: Math.floor(all / 2) + 1,
  };
}

function quorum({ name }: NodeFacts, nodeIndex: NodeFactsIndex): readonly Objection<'LastNode'>[] {
  const { ready, all, needed } = quorumWithout(name, [...nodeIndex.others(), ...nodeIndex.held]);
  if (ready >= needed) return [];
  const detail = `with node ${name} in maintenance ${ready} of ${all} control-plane nodes would be Ready, and ${needed} are needed`;
  return [{ reason: 'LastNode', detail, nodes: [name] }];
}

function lastWorker({ name }: NodeFacts, others: readonly NodeFacts[]): readonly Objection<'LastNode'>[] {
  const takesWork = (node: NodeFacts): boolean =>
    !node.labels.has(CONTROL_PLANE_LABEL) && node.ready && !node.unschedulable;
  if (others.some(takesWork)) return [];
  return [{ reason: 'LastNode', detail: `node ${name} is the last worker that takes work`, nodes: [name] }];
}
