import type { NodeIndex } from '../scheduling/node-index.ts';
import { hostnameOf, isInMaintenance, type NodeFacts } from './node.ts';

/** Nodes in maintenance, with what every decision asks about them. */
interface HeldNodes {
  /** Sorted by name. */
  readonly held: readonly NodeFacts[];
  /** Their names, sorted. */
  readonly heldNames: readonly string[];
  /** Those whose record holds exceptions, over or not. */
  readonly excepted: readonly NodeFacts[];
}

/** The nodes of a cluster, indexed for decisions: by name, by hostname label, and those in maintenance apart. */
export interface NodeFactsIndex extends NodeIndex, HeldNodes {
  readonly held: readonly NodeFacts[];
  node(name: string): NodeFacts | undefined;
  byHostname(hostname: string): readonly NodeFacts[];
  others(): Iterable<NodeFacts>;
}

/** A NodeFactsIndex that takes changes one by one; a decision reads it between two changes. */
export class NodeTable implements NodeFactsIndex {
  readonly #byName = new Map<string, NodeFacts>();
  readonly #byHostname = new Map<string, NodeFacts[]>();
  readonly #held = new Map<string, NodeFacts>();
  #heldNodes: HeldNodes | undefined;

  constructor(nodes: Iterable<NodeFacts> = []) {
    for (const node of nodes) this.put(node);
  }

  /** How many nodes are known. */
  get size(): number {
    return this.#byName.size;
  }

  get held(): readonly NodeFacts[] {
    return this.#allHeld().held;
  }

  get heldNames(): readonly string[] {
    return this.#allHeld().heldNames;
  }

  get excepted(): readonly NodeFacts[] {
    return this.#allHeld().excepted;
  }

  #allHeld(): HeldNodes {
    return (this.#heldNodes ??= heldNodesFrom(this.#held.values()));
  }

  isInMaintenance(name: string): boolean {
    return this.#held.has(name);
  }

  node(name: string): NodeFacts | undefined {
    return this.#byName.get(name);
  }

  byHostname(hostname: string): readonly NodeFacts[] {
    return this.#byHostname.get(hostname) ?? [];
  }

  *others(): Iterable<NodeFacts> {
    for (const node of this.#byName.values()) if (!this.#held.has(node.name)) yield node;
  }

  /** Adds a node, or replaces what was known of it. */
  put(node: NodeFacts): void {
    this.remove(node.name);
    this.#byName.set(node.name, node);
    const hostname = hostnameOf(node);
    this.#byHostname.set(hostname, [...this.byHostname(hostname), node]);
    if (isInMaintenance(node)) {
      this.#held.set(node.name, node);
      this.#heldNodes = undefined;
    }
  }

  /** Forgets a node; unknown names are fine. */
  remove(name: string): void {
    const known = this.#byName.get(name);
    if (known === undefined) return;
    this.#byName.delete(name);
    const hostname = hostnameOf(known);
    const rest = this.byHostname(hostname).filter((node) => node.name !== name);
    if (rest.length === 0) this.#byHostname.delete(hostname);
    else this.#byHostname.set(hostname, rest);
    if (this.#held.delete(name)) this.#heldNodes = undefined;
  }
}

function heldNodesFrom(nodes: Iterable<NodeFacts>): HeldNodes {
  const held = [...nodes].sort((a, b) => (a.name < b.name ? -1 : 1));
  const hasExceptions = ({ record }: NodeFacts): boolean =>
    record.kind === 'record' && record.record.exceptions.length > 0;
  return { held, heldNames: held.map(({ name }) => name), excepted: held.filter(hasExceptions) };
}

/** An index with some nodes read more freshly than the rest: `undefined` = the node does not exist. */
export function indexWith(base: NodeFactsIndex, fresh: ReadonlyMap<string, NodeFacts | undefined>): NodeFactsIndex {
  if (fresh.size === 0) return base;
  const held = new Map(base.held.map((node) => [node.name, node]));
  for (const [name, node] of fresh) {
    if (node !== undefined && isInMaintenance(node)) held.set(name, node);
    else held.delete(name);
  }
  const current = (node: NodeFacts): NodeFacts | undefined => (fresh.has(node.name) ? fresh.get(node.name) : node);
  return {
    ...heldNodesFrom(held.values()),
    isInMaintenance: (name) => held.has(name),
    node: (name) => (fresh.has(name) ? fresh.get(name) : base.node(name)),
    byHostname: (hostname) => {
      const known = base.byHostname(hostname).filter((node) => !fresh.has(node.name));
      const read = [...fresh.values()].filter((node) => node !== undefined);
      return [...known, ...read.filter((node) => hostnameOf(node) === hostname)];
    },
    *others() {
      for (const known of [base.others(), base.held]) {
        for (const node of known) {
          const now = current(node);
          if (now !== undefined && !isInMaintenance(now)) yield now;
        }
      }
      for (const [name, node] of fresh) {
        if (node !== undefined && !isInMaintenance(node) && base.node(name) === undefined) yield node;
      }
    },
  };
}
