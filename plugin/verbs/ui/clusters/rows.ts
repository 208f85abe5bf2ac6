import type { NodeSnapshot } from '../../../nodes/snapshot.ts';
import { stateInWords, statusFrom, type NodeStatus } from '../../status/index.ts';
import type { NodeRow } from '../wire.ts';

/** Label keys that name a role, as `kubectl get nodes` reads them. */
const ROLE = 'node-role.kubernetes.io/';

/** The roles of a node, sorted. */
export function rolesOf(labels: ReadonlyMap<string, string>): readonly string[] {
  return [...labels.keys()]
    .filter((label) => label.startsWith(ROLE) && label.length > ROLE.length)
    .map((label) => label.slice(ROLE.length))
    .sort();
}

/** A node with its status as the page lists it. */
export function rowFrom(status: NodeStatus, { facts }: NodeSnapshot, now: number): NodeRow {
  return { ...status, roles: rolesOf(facts.labels), stateText: stateInWords(status, now) };
}

/** Rows of nodes that are not in maintenance depend on the Node alone: each is made once for each version of it. */
export class QuietRows {
  readonly #made = new WeakMap<NodeSnapshot, NodeRow>();

  of(node: NodeSnapshot, now: number): NodeRow {
    const made = this.#made.get(node) ?? rowFrom(statusFrom(node, undefined, now), node, now);
    this.#made.set(node, made);
    return made;
  }
}
