import { HOSTNAME_LABEL } from '../labels.ts';
import { matchesTerm, namesIn, nodesMeantBy, nodesNamedBy, type NodeSelectorTerm } from './affinity.ts';
import { MAX_NODES } from './excess.ts';
import type { NodeIndex, SchedulableNode } from './node-index.ts';
import { admitsNode, type Placement } from './placement.ts';
import { CORDON, isTolerated, type Taint } from './taints.ts';

/**
 * How a pod relates to the nodes in maintenance, weakest last:
 * - `pinned`: it names its nodes (nodeName, hostname, metadata.name), and all of them that exist and suit it are held.
 * - `only`: it names none, or is open to more, but can run on held nodes alone.
 * - `may`: it can run elsewhere, and tolerates what keeps others off these held nodes: it may land there.
 * - `cannot`: held nodes do not suit it, or their cordon keeps it away.
 */
export type ReachKind = 'pinned' | 'only' | 'may' | 'cannot';

/** The answer, with the held nodes that it is about, sorted by name; none for `cannot`. */
export interface Reach {
  readonly kind: ReachKind;
  readonly nodes: readonly string[];
}

/** What a lookup has found out beyond the pod spec. */
export interface ReachOptions {
  /**
   * Names of the nodes where the pods run that satisfy the placement's `podAffinity` (all of it). Empty counts as not
   * known: the scheduler lets the first pod of a group go anywhere, and another pod waits for companions to appear.
   * Companions move, so nodes found through them are never `pinned`, only `only`.
   */
  readonly companions?: readonly string[];
}

/**
 * Taints that come and go with the state of a node (k8s.io/api core/v1 well_known_taints.go, k8s.io/cloud-provider/api).
 * Maintenance itself causes most of them, so they do not decide which nodes a pod belongs to: a verdict must not change
 * because the node in maintenance is just rebooting.
 */
export const PASSING_TAINTS: ReadonlySet<string> = new Set([
  CORDON.key,
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
  'node.kubernetes.io/memory-pressure',
  'node.kubernetes.io/disk-pressure',
  'node.kubernetes.io/pid-pressure',
  'node.kubernetes.io/network-unavailable',
  'node.kubernetes.io/out-of-service',
  'node.cloudprovider.kubernetes.io/uninitialized',
  'node.cloudprovider.kubernetes.io/shutdown',
]);

/**
 * Comparisons of a requirement or toleration with a node that one pod is worth: half a million of about 100 ns are 50 ms. A
 * request may carry tens of thousands of requirements, which would hold up all other decisions for many seconds.
 */
const MAX_COMPARISONS = 500_000;
/** Requirements and tolerations of one pod that are still compared with every node: 100. Real pods have tens. */
const MAX_DEMANDS = MAX_COMPARISONS / MAX_NODES;

const CANNOT: Reach = { kind: 'cannot', nodes: [] };

/**
 * Decides as the scheduler would, asked two questions about each node. A node SUITS the pod when nodeSelector, required
 * affinity and the node's lasting taints allow it: somewhere to run, now or later. It is OPEN when, besides, neither
 * its cordon nor a passing taint (not ready, under pressure) keeps the pod away: somewhere to run now.
 *
 * No other node suits: `pinned` or `only`, whether the held nodes are open or not. Another one suits but is closed for
 * now (cordoned by somebody else, not ready): that alone is not maintenance's doing and the pod merely waits, `cannot`;
 * unless a held node is open to it, because then it would land there for certain: `only`.
 *
 * A pod with more than `MAX_DEMANDS`, or that names more nodes with more requirements than `MAX_COMPARISONS`, is not
 * compared: the strictest answer, `only` on every held node. Neither depends on the nodes that there are.
 *
 * A pod with `nodeName` bypasses the scheduler: `pinned` if that node is held, else `cannot`, whatever else it says.
 *
 * Putting one more node into maintenance (and cordoning it) never weakens the answer and never drops a node from it.
 */
export function reachOf(placement: Placement, nodeIndex: NodeIndex, options: ReachOptions = {}): Reach {
  if (nodeIndex.held.length === 0) return CANNOT;
  if (placement.nodeName !== undefined) return reachOfNodeName(placement.nodeName, nodeIndex);
  if (placement.isExcessive || namingCost(placement) > MAX_COMPARISONS) return reachOfTooMany(nodeIndex);
  const naming = namingOf(placement, nodeIndex);
  if (naming === undefined)
    return reachAmong(placement, companionNodes(nodeIndex, options), 'only', { nodeIndex, options });
  return reachAmong(naming.rest, naming.nodes, 'pinned', { nodeIndex, options });
}

interface ReachInputs {
  readonly nodeIndex: NodeIndex;
  readonly options: ReachOptions;
}

/** The answer among candidates (undefined: all nodes); `alone` is the word for held nodes being the only ones. */
function reachAmong(
  placement: Placement,
  candidates: readonly SchedulableNode[] | undefined,
  alone: 'pinned' | 'only',
  { nodeIndex, options }: ReachInputs,
): Reach {
  if (demandsOf(placement) > MAX_DEMANDS) return reachOfTooMany(nodeIndex);
  const { held, others } = candidatesAmong(candidates, nodeIndex);
  const suits = suitability(placement, options);
  // By far the most pods: the cordon keeps them away and another node suits. That settles it without a look at the held.
  const passesCordon = isTolerated(CORDON, placement.tolerations);
  const isClosed = !passesCordon && held.every(isCordoned);
  if (isClosed && elsewhereAmong(others, suits, () => true) === 'open') return CANNOT;
  const suitable = held.filter(suits);
  if (suitable.length === 0) return CANNOT;

  const passes = (taint: Taint): boolean =>
    taint === CORDON ? passesCordon : isTolerated(taint, placement.tolerations);
  const isOpen = (node: SchedulableNode): boolean => (passesCordon || !node.unschedulable) && node.taints.every(passes);
  const open = suitable.filter(isOpen);
  // With no held node open, any other node settles it: there is no need to look for an open one.
  const elsewhere = elsewhereAmong(others, suits, (node) => open.length === 0 || isOpen(node));
  if (elsewhere === 'none') return { kind: alone, nodes: namesOf(suitable) };
  if (open.length === 0) return CANNOT;
  return { kind: elsewhere === 'open' ? 'may' : 'only', nodes: namesOf(open) };
}

function reachOfNodeName(nodeName: string, nodeIndex: NodeIndex): Reach {
  return nodeIndex.isInMaintenance(nodeName) ? { kind: 'pinned', nodes: [nodeName] } : CANNOT;
}

function reachOfTooMany(nodeIndex: NodeIndex): Reach {
  return { kind: 'only', nodes: namesOf(nodeIndex.held) };
}

interface Naming {
  /** The existing nodes that the pod names and that satisfy the naming term: looked up, never scanned for. */
  readonly nodes: readonly SchedulableNode[];
  /** What remains to be asked of them. */
  readonly rest: Placement;
}

/** Undefined where the pod names no nodes; a single term that names none leaves it open to all. */
function namingOf(placement: Placement, nodeIndex: NodeIndex): Naming | undefined {
  const hostname = placement.nodeSelector.get(HOSTNAME_LABEL);
  if (hostname !== undefined) return { nodes: nodesMeantBy(hostname, nodeIndex), rest: placement };
  if (placement.terms === undefined) return undefined;
  const named = new Set<SchedulableNode>();
  for (const term of placement.terms) {
    const nodes = nodesNamedBy(term, nodeIndex);
    if (nodes === undefined) return undefined;
    // Asked here, of the few nodes that the term names: asking every named node about every term is quadratic.
    for (const node of nodes) if (matchesTerm(term, node)) named.add(node);
  }
  return { nodes: [...named], rest: { ...placement, terms: undefined } };
}

/** How many comparisons it takes to find the nodes that the terms name: each name with its whole term. */
function namingCost({ terms = [] }: Placement): number {
  return terms.reduce((sum, term) => sum + namesIn(term) * requirementsIn(term), 0);
}

function requirementsIn({ expressions, fields }: NodeSelectorTerm): number {
  return expressions.length + fields.length;
}

function demandsOf({ terms = [], tolerations }: Placement): number {
  return terms.reduce((sum, term) => sum + requirementsIn(term), tolerations.length);
}

function companionNodes(
  nodeIndex: NodeIndex,
  { companions = [] }: ReachOptions,
): readonly SchedulableNode[] | undefined {
  if (companions.length === 0) return undefined;
  return companions.map((name) => nodeIndex.node(name)).filter((node) => node !== undefined);
}

interface Candidates {
  /** Sorted by name, without repetition, as those of a NodeIndex. */
  readonly held: readonly SchedulableNode[];
  readonly others: Iterable<SchedulableNode>;
}

function candidatesAmong(candidates: readonly SchedulableNode[] | undefined, nodeIndex: NodeIndex): Candidates {
  if (candidates === undefined) return { held: nodeIndex.held, others: nodeIndex.others() };
  return {
    held: sortedNodes(candidates.filter((node) => nodeIndex.isInMaintenance(node.name))),
    others: candidates.filter((node) => !nodeIndex.isInMaintenance(node.name)),
  };
}

function suitability(placement: Placement, { companions = [] }: ReachOptions): (node: SchedulableNode) => boolean {
  const beside = companions.length === 0 ? undefined : new Set(companions);
  return (node) =>
    (beside === undefined || beside.has(node.name)) &&
    admitsNode(placement, node) &&
    node.taints.every((taint) => PASSING_TAINTS.has(taint.key) || isTolerated(taint, placement.tolerations));
}

function isCordoned({ unschedulable }: SchedulableNode): boolean {
  return unschedulable;
}

type Test = (node: SchedulableNode) => boolean;

/** Whether another node suits, and one that does is open; stops at the first open one. */
function elsewhereAmong(others: Iterable<SchedulableNode>, suits: Test, isOpenNode: Test): 'none' | 'closed' | 'open' {
  let found: 'none' | 'closed' = 'none';
  for (const node of others) {
    if (!suits(node)) continue;
    if (isOpenNode(node)) return 'open';
    found = 'closed';
  }
  return found;
}

function sortedNodes(nodes: readonly SchedulableNode[]): readonly SchedulableNode[] {
  return [...new Set(nodes)].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function namesOf(nodes: readonly SchedulableNode[]): readonly string[] {
  return nodes.map((node) => node.name);
}
