import {
  clean,
  collectionPath,
  isNotFound,
  MAX_QUOTE,
  parseDuration,
  readAll,
  renderDuration,
  textAt,
  timeAt,
  type ClusterReader,
  type NodeFacts,
} from '../../shared/index.ts';
import { timestamp } from '../session/clock.ts';

/** What Karpenter will do to a node whatever its annotations say, as the NodeClaim behind the node has it. */
export interface NodeClaim {
  readonly name: string;
  /** When Karpenter deletes the node for its age, in ms since the epoch; undefined: never. */
  readonly expiresAt: number | undefined;
  /** It is being deleted, and the node goes with it. */
  readonly isLeaving: boolean;
}

/** Karpenter's label of a node that it has made, and of the NodeClaim behind it: the pool. */
const POOL_LABEL = 'karpenter.sh/nodepool';

/** The right that it takes, as `kubectl auth can-i` has it. */
export const LIST_NODE_CLAIMS = 'list nodeclaims.karpenter.sh';

/** Whether Karpenter has made a node. */
export function isKarpenters({ labels }: NodeFacts): boolean {
  return labels.has(POOL_LABEL);
}

/** NodeClaims by the names of their nodes. */
export type NodeClaims = ReadonlyMap<string, NodeClaim>;

/** The NodeClaims behind some nodes. Nothing is asked where Karpenter has made none of them. */
export async function readNodeClaims(
  nodes: readonly NodeFacts[],
  cluster: Pick<ClusterReader, 'pages'>,
): Promise<NodeClaims> {
  const pools = [...new Set(nodes.flatMap(({ labels }) => labels.get(POOL_LABEL) ?? []))].sort();
  if (pools.length === 0) return new Map();
  const names = new Set(nodes.map(({ name }) => name));
  return list(cluster, (node) => names.has(node), `${POOL_LABEL} in (${pools.join(',')})`);
}

/** The NodeClaims behind all nodes. */
export function readAllNodeClaims(cluster: Pick<ClusterReader, 'pages'>): Promise<NodeClaims> {
  return list(cluster, (node) => node !== '');
}

async function list(
  cluster: Pick<ClusterReader, 'pages'>,
  isMeant: (node: string) => boolean,
  labelSelector?: string,
): Promise<NodeClaims> {
  const reading = { path: collectionPath('karpenter.sh/v1/nodeclaims', ''), query: { labelSelector } };
  try {
    const found = await readAll(cluster, reading, (object) => {
      const node = textAt(object, 'status', 'nodeName') ?? '';
      return isMeant(node) ? ([node, nodeClaimFromObject(object)] as const) : undefined;
    });
    return new Map(found);
  } catch (thrown) {
    // The label alone: the kind is not served, by a Karpenter that is gone or of another version.
    if (isNotFound(thrown)) return new Map();
    throw thrown;
  }
}

/** Karpenter counts from when the NodeClaim was made (karpenter pkg/controllers/nodeclaim/expiration). */
export function nodeClaimFromObject(object: unknown): NodeClaim {
  const madeAt = timeAt(object, 'metadata', 'creationTimestamp');
  const span = parseDuration(textAt(object, 'spec', 'expireAfter') ?? 'Never');
  return {
    name: textAt(object, 'metadata', 'name') ?? '',
    expiresAt: span.ok && madeAt !== undefined ? madeAt + span.value : undefined,
    isLeaving: textAt(object, 'metadata', 'deletionTimestamp') !== undefined,
  };
}

/**
 * What Karpenter will do to the node, as a sentence about it without a full stop; undefined where that is nothing. `until` is
 * when its maintenance is to end, in ms since the epoch.
 */
export function expiryText(
  { name, expiresAt, isLeaving }: NodeClaim,
  until: number | undefined,
  now: number,
): string | undefined {
  const by = `(NodeClaim ${clean(name, MAX_QUOTE)})`;
  if (isLeaving) return `Karpenter is deleting it already ${by}`;
  if (expiresAt === undefined) return undefined;
  if (expiresAt <= now) return `it has expired, and Karpenter deletes it at any moment ${by}`;
  const ahead = endAhead(until, now);
  const end = ahead === undefined ? '' : `, ${expiresAt <= ahead ? 'before' : 'after'} the announced end`;
  return `Karpenter deletes it at ${timestamp(expiresAt)} (in ${renderDuration(expiresAt - now)})${end}: it expires then ${by}`;
}

/** Whether that falls into the maintenance; where no end of it is announced nobody knows that it does not. */
export function endsBefore({ expiresAt, isLeaving }: NodeClaim, until: number | undefined, now: number): boolean {
  return isLeaving || (expiresAt !== undefined && expiresAt <= (endAhead(until, now) ?? Infinity));
}

/** What Karpenter's node repair may do to a node that it has made, as such a sentence; undefined for one that is Ready. */
export function repairText({ ready, readyChangedAt }: NodeFacts): string | undefined {
  if (ready) return undefined;
  const since = readyChangedAt === undefined ? '' : ` since ${timestamp(readyChangedAt)}`;
  return `it is not Ready${since}: where Karpenter's node repair is on, Karpenter deletes it`;
}

/** An end that has passed says nothing: the maintenance goes on, nobody knows until when. */
function endAhead(until: number | undefined, now: number): number | undefined {
  return until !== undefined && until > now ? until : undefined;
}
