import { pressures } from '../../../health/node-health.ts';
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

/** What of a node in maintenance stands in its row alone. */
export type OfHeld = Pick<NodeRow, 'cleanSince' | 'drain'>;

const NOT_HELD: OfHeld = { cleanSince: null, drain: null };

/** A node with its status as the page lists it. */
export function rowFrom(status: NodeStatus, { facts, raw }: NodeSnapshot, now: number, held = NOT_HELD): NodeRow {
  return {
    ...status,
    roles: rolesOf(facts.labels),
    stateText: stateInWords(status, now),
    pressures: pressures(raw),
    ...held,
  };
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
