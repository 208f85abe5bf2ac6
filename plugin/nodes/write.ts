import {
  MaintError,
  nodePath,
  refusalFromAnswer,
  type ApiAnswer,
  type ApiRequest,
  type Cluster,
} from '../../shared/index.ts';
import { isOurDenial } from './dry-run.ts';
import type { NodePatch } from './mark.ts';
import { snapshotFromObject, type NodeSnapshot } from './snapshot.ts';

/** Conflicts in a row before giving up: each means that somebody else wrote the Node between our read and our write. */
const MAX_CONFLICTS = 10;

const CONFLICT = 409;

/** A write to a Node: undefined where nothing has to be written any more. */
export type PatchFor = (node: NodeSnapshot) => NodePatch | undefined;

/**
 * Writes one Node by compare-and-swap. Returns the Node as written. Throws ClusterRefusal where the API server refused it
 * (403 and others: nothing was written), or MaintError.
 */
export async function writeNode(
  node: NodeSnapshot,
  patchFor: PatchFor,
  cluster: Cluster,
  options: { readonly dryRun?: boolean } = {},
): Promise<NodeSnapshot> {
  const dryRun = options.dryRun === true ? 'All' : undefined;
  const { name } = node.facts;
  const requestFor = (fresh: NodeSnapshot): ApiRequest | undefined => {
    const body = patchFor(fresh);
    if (body === undefined) return undefined;
    const query = { fieldManager: 'kubectl-maint', dryRun };
    return { method: 'PATCH', path: nodePath(name), query, contentType: 'application/merge-patch+json', body };
  };
  const { current, answer } = await compareAndSwap(node, requestFor, cluster);
  if (answer === undefined) return current;
  const written = answer.status < 300 ? snapshotFromObject(answer.body) : undefined;
  if (written === undefined) throw refusalOf(answer, name);
  return written;
}

/** How a compare-and-swap ended. */
export interface Swap {
  /** The Node that the request was made from. */
  readonly current: NodeSnapshot;
  /** Any but a conflict; undefined where nothing had to be written any more. */
  readonly answer: ApiAnswer | undefined;
}

/**
 * Sends a request that holds the Node's resourceVersion. On a conflict it is made again from the Node as it is now, so
 * that nobody's write is lost. Throws MaintError where it never comes through, or nobody knows whether it did.
 */
export async function compareAndSwap(
  node: NodeSnapshot,
  requestFor: (node: NodeSnapshot) => ApiRequest | undefined,
  cluster: Cluster,
): Promise<Swap> {
  let current = node;
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const request = requestFor(current);
    if (request === undefined) return { current, answer: undefined };
    const answer = await cluster.send(request).catch((thrown: unknown) => {
      throw unsure(thrown, node.facts.name);
    });
    if (answer.status !== CONFLICT) return { current, answer };
    current = await readAgain(node, cluster);
  }
  throw new MaintError(
    'cluster',
    `node ${node.facts.name} is written by others all the time: ${MAX_CONFLICTS} conflicts in a row`,
    {
      hint: 'run the same command again; it goes on where it was',
    },
  );
}

/** Our own webhook's or policy's "no" is a denial; anything else is the cluster's. */
function refusalOf(answer: ApiAnswer, node: string): unknown {
  const refusal = refusalFromAnswer(answer);
  if (isOurDenial(refusal.message)) return new MaintError('denied', refusal.message, { cause: refusal });
  return answer.status >= SERVER_FAILED ? unsure(refusal, node) : refusal;
}

/** From here on a status tells of a failure of the server's: a write may have reached etcd before it. */
const SERVER_FAILED = 500;

/** Without an answer nobody knows whether a write was carried out. */
function unsure(thrown: unknown, node: string): unknown {
  if (!(thrown instanceof MaintError)) return thrown;
  const look = `node ${node} may have been changed all the same: kubectl maint status ${node}`;
  const hint = thrown.hint === undefined ? look : `${look}; ${thrown.hint}`;
  return new MaintError(thrown.code, thrown.message, { hint, cause: thrown });
}

async function readAgain(node: NodeSnapshot, cluster: Cluster): Promise<NodeSnapshot> {
  const { name, uid } = node.facts;
  const found = snapshotFromObject(await cluster.get(nodePath(name)));
  if (found?.facts.uid === uid) return found;
  throw new MaintError('cluster', `node ${name} was deleted meanwhile${found === undefined ? '' : ' and made again'}`, {
    hint: `kubectl get node ${name}`,
  });
}
