import {
  clean,
  isInMaintenance,
  MAX_TEXT,
  nodeFromObject,
  NODES,
  readAll,
  STATE_LABEL,
  type Cluster,
  type NodeFacts,
} from '../../../shared/index.ts';
import type { Candidate, Wanted } from './candidates.ts';

type Connect = () => Promise<Cluster>;

/** The nodes that may stand next. */
export async function nodeCandidates(
  { onlyHeld, given, type }: Extract<Wanted, { readonly from: 'nodes' }>,
  connect: Connect,
): Promise<readonly Candidate[]> {
  const nodes = await readNodes(onlyHeld, connect);
  const open = nodes.filter(({ name }) => !given.includes(name));
  return open.map((node) => ({ word: `${type}${node.name}`, ...aboutNode(node) }));
}

/** The owners of claims on the nodes that are given. */
export async function ownerCandidates(
  { given }: Extract<Wanted, { readonly from: 'owners' }>,
  connect: Connect,
): Promise<readonly Candidate[]> {
  const nodes = (await readNodes(true, connect)).filter(({ name }) => isAmong(name, given));
  const owners = nodes.flatMap(ownersOf).filter((owner) => clean(owner, MAX_TEXT) === owner);
  return [...new Set(owners)].map((word) => ({ word }));
}

function isAmong(name: string, given: readonly string[]): boolean {
  return given.length === 0 || given.some((word) => word === name || word.endsWith(`/${name}`));
}

/** Longest that somebody waits for candidates of the cluster, in ms: until then a key was pressed for nothing. */
const PATIENCE_MS = 2000;

/** All of them or none: of half a list the shell would complete a name that is not the only one. */
async function readNodes(onlyHeld: boolean, connect: Connect): Promise<readonly NodeFacts[]> {
  const cluster = await connect();
  try {
    const query = onlyHeld ? { labelSelector: STATE_LABEL } : {};
    const signal = AbortSignal.timeout(PATIENCE_MS);
    return await readAll(cluster, { path: NODES, query, signal }, nodeFromObject);
  } finally {
    cluster.close();
  }
}

/** Longest owner that is told, in characters; one that is offered has to be whole. */
const MAX_OWNER = 80;

function ownersOf({ record }: NodeFacts): readonly string[] {
  const claims = record.kind === 'record' ? record.record.claims : [];
  return claims.map(({ owner }) => owner);
}

function aboutNode(node: NodeFacts): { readonly about?: string } {
  if (!isInMaintenance(node)) return {};
  const owners = ownersOf(node).map((owner) => clean(owner, MAX_OWNER));
  return { about: `in maintenance${owners.length === 0 ? '' : ` for ${owners.join(', ')}`}` };
}
