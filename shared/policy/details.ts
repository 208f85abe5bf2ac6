import { joinNames } from '../words.ts';

/** The sentence about work that names nodes in maintenance; `what` is a noun phrase. */
export function keptOffNodes(what: string, nodes: readonly string[]): string {
  return `${what} is for ${joinNames(nodes)}, which ${are(nodes)} in maintenance`;
}

/** The sentence about work that runs nowhere while these nodes are in maintenance. */
export function keptOutOfCluster(what: string, nodes: readonly string[]): string {
  return `${what} does not run in the cluster while ${joinNames(nodes)} ${are(nodes)} in maintenance`;
}

/** The verb for so many nodes. */
export function are(nodes: readonly string[]): string {
  return nodes.length === 1 ? 'is' : 'are';
}
