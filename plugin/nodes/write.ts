import {
  ClusterRefusal,
  fieldsAt,
  MaintError,
  nodePath,
  refusalFromAnswer,
  type ApiAnswer,
  type ApiRequest,
  type Cluster,
  FIELD_MANAGER,
} from '../../shared/index.ts';
import { isOurDenial } from '../policy/dry-run.ts';
import type { NodePatch } from './mark.ts';
import { isMerged } from './merge-patch.ts';
import { snapshotFromObject, type NodeSnapshot } from './snapshot.ts';

/**
 * Conflicts in a row before giving up: each means that somebody else wrote the Node between our read and our write. Beside
 * a writer that never pauses 325 of 400 tries were conflicts: ten in a row come about in one write of eight (0.81^10), a
 * hundred practically never, and they take a second or two.
 */
const MAX_CONFLICTS = 100;

/** Failures that leave open what became of a write: so often it is sent before that is told. Each is looked up between. */
const MAX_FAILURES = 3;

const CONFLICT = 409;
const MERGE_PATCH = 'application/merge-patch+json';

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
    const query = { fieldManager: FIELD_MANAGER, dryRun };
    return { method: 'PATCH', path: nodePath(name), query, contentType: MERGE_PATCH, body };
  };
  const { current, answer } = await compareAndSwap(node, requestFor, cluster);
  if (answer === undefined) return current;
  const written = answer.status < 300 ? snapshotFromObject(answer.body) : undefined;
  if (written === undefined) throw refusalOf(answer);
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
 * that nobody's write is lost. What failed without telling whether it was carried out is looked up, and sent again where
 * it was not: of two with the same resourceVersion the API server takes one. Throws MaintError where it never comes
 * through, or nobody knows whether it did; ClusterRefusal where the server failed and the Node is as it was.
 * What is sent next depends on what the look-up has found, so that this is no case for `retry`, which repeats the same.
 */
export async function compareAndSwap(
  node: NodeSnapshot,
  requestFor: (node: NodeSnapshot) => ApiRequest | undefined,
  cluster: Cluster,
): Promise<Swap> {
  const { name } = node.facts;
  let current = node;
  let [conflicts, failures] = [0, 0];
  for (;;) {
    const request = requestFor(current);
    if (request === undefined) return { current, answer: undefined };
    const sent = await sendOnce(request, cluster);
    if (sent.answer !== undefined && sent.answer.status !== CONFLICT) return { current, answer: sent.answer };
    const fresh = await lookUp(node, sent, cluster);
    if (sent.failure === undefined) conflicts += 1;
    else failures += 1;
    if (failures > 0 && isCarriedOut(request, current, fresh)) return { current, answer: answerWith(fresh) };
    if (conflicts === MAX_CONFLICTS) throw contended(name);
    if (failures === MAX_FAILURES) throw failedFor(sent, { current, fresh });
    current = fresh;
  }
}

/** An answer, or why there is none that tells whether the request was carried out. */
type Sent =
  | { readonly answer: ApiAnswer; readonly failure: undefined }
  | { readonly answer: undefined; readonly failure: MaintError };

/** From here on a status tells of a failure of the server's: a write may have reached etcd before it. */
const SERVER_FAILED = 500;

async function sendOnce(request: ApiRequest, cluster: Cluster): Promise<Sent> {
  try {
    const answer = await cluster.send(request);
    if (answer.status < SERVER_FAILED) return { answer, failure: undefined };
    return { answer: undefined, failure: refusalFromAnswer(answer) };
  } catch (thrown) {
    if (!(thrown instanceof MaintError)) throw thrown;
    return { answer: undefined, failure: thrown };
  }
}

async function lookUp(node: NodeSnapshot, { failure }: Sent, cluster: Cluster): Promise<NodeSnapshot> {
  try {
    return await readAgain(node, cluster);
  } catch (thrown) {
    throw failure === undefined || thrown instanceof NodeGone ? thrown : unsure(failure, node.facts.name);
  }
}

/** Whether the Node has become what a merge patch makes of it since the request was made. */
function isCarriedOut({ body, contentType }: ApiRequest, before: NodeSnapshot, now: NodeSnapshot): boolean {
  if (contentType !== MERGE_PATCH || now.resourceVersion === before.resourceVersion) return false;
  // It was made from an older version: that is the one thing in which they differ.
  return isMerged(now.raw, {
    ...fieldsAt(body),
    metadata: { ...fieldsAt(body, 'metadata'), resourceVersion: now.resourceVersion },
  });
}

function answerWith({ raw }: NodeSnapshot): ApiAnswer {
  return { status: 200, headers: {}, body: raw };
}

/** A server that answers that it failed has nothing more under way; one that does not answer may have. */
function failedFor({ failure }: Sent, { current, fresh }: Record<'current' | 'fresh', NodeSnapshot>): unknown {
  const isUnchanged = failure instanceof ClusterRefusal && current.resourceVersion === fresh.resourceVersion;
  return isUnchanged ? failure : unsure(failure, fresh.facts.name);
}

function contended(node: string): MaintError {
  const message = `node ${node} is written by others all the time: ${MAX_CONFLICTS} conflicts in a row`;
  return new MaintError('cluster', message, { hint: 'run the same command again; it goes on where it was' });
}

/** Our own webhook's or policy's "no" is a denial; anything else is the cluster's. */
function refusalOf(answer: ApiAnswer): MaintError {
  const refusal = refusalFromAnswer(answer);
  return isOurDenial(refusal.message) ? new MaintError('denied', refusal.message, { cause: refusal }) : refusal;
}

/** Without an answer nobody knows whether a write was carried out. */
function unsure(thrown: unknown, node: string): unknown {
  if (!(thrown instanceof MaintError)) return thrown;
  const look = `node ${node} may have been changed all the same: kubectl maint status ${node}`;
  const hint = thrown.hint === undefined ? look : `${look}; ${thrown.hint}`;
  return new MaintError(thrown.code, thrown.message, { hint, cause: thrown });
}

/** The Node of a write does not exist any more. */
export class NodeGone extends MaintError {}

async function readAgain(node: NodeSnapshot, cluster: Cluster): Promise<NodeSnapshot> {
  const { name, uid } = node.facts;
  const found = snapshotFromObject(await cluster.get(nodePath(name)));
  if (found?.facts.uid === uid) return found;
  throw new NodeGone('cluster', `node ${name} was deleted meanwhile${found === undefined ? '' : ' and made again'}`, {
    hint: `kubectl get node ${name}`,
  });
}
