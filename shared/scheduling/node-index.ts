import type { Taint } from './taints.ts';

/** A node as far as it decides what may run there. */
export interface SchedulableNode {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly taints: readonly Taint[];
  /** `spec.unschedulable`: the node is cordoned. */
  readonly unschedulable: boolean;
}

/** The nodes of a cluster as a decision sees them; "held" means in maintenance. */
export interface NodeIndex {
  /** Nodes in maintenance, sorted by name. */
  readonly held: readonly SchedulableNode[];
  /** Whether the node of this name is in maintenance. */
  isInMaintenance(name: string): boolean;
  /** Any node, by its name. */
  node(name: string): SchedulableNode | undefined;
  /** Any nodes, by their label kubernetes.io/hostname. */
  byHostname(hostname: string): readonly SchedulableNode[];
  /** Every node that is not in maintenance, in any order. */
  others(): Iterable<SchedulableNode>;
}
