import { MaintError, nodePath, refusalFromAnswer, type ApiAnswer, type Cluster } from '../../shared/index.ts';
import { isOurDenial } from './dry-run.ts';
import type { NodePatch } from './mark.ts';
import { snapshotFromObject, type NodeSnapshot } from './snapshot.ts';

/** Conflicts in a row before giving up: each means that somebody else wrote the Node between our read and our write. */
const MAX_CONFLICTS = 10;

const CONFLICT = 409;

/** A write to a Node: undefined where nothing has to be written any more. */
export type PatchFor = (node: NodeSnapshot) => NodePatch | undefined;

/**
 * Writes one Node by compare-and-swap. On a conflict the patch is made again from the Node as it is now, so that
 * nobody's write is lost. Returns the Node as written. Throws ClusterRefusal (403 and others), or MaintError.
 */
export async function writeNode(
  node: NodeSnapshot,
  patchFor: PatchFor,
  cluster: Cluster,
  options: { readonly dryRun?: boolean } = {},
): Promise<NodeSnapshot> {
  let current = node;
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const body = patchFor(current);
    if (body === undefined) return current;
    const answer = await cluster.send({
      method: 'PATCH',
      path: nodePath(node.facts.name),
      query: { fieldManager: 'kubectl-maint', dryRun: options.dryRun === true ? 'All' : undefined },
      contentType: 'application/merge-patch+json',
      body,
    });
    if (answer.status !== CONFLICT) {
      const written = answer.status < 300 ? snapshotFromObject(answer.body) : undefined;
      if (written === undefined) throw refusalOf(answer);
      return written;
    }
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
function refusalOf(answer: ApiAnswer): MaintError {
  const refusal = refusalFromAnswer(answer);
  return isOurDenial(refusal.message) ? new MaintError('denied', refusal.message, { cause: refusal }) : refusal;
}

async function readAgain(node: NodeSnapshot, cluster: Cluster): Promise<NodeSnapshot> {
  const { name, uid } = node.facts;
  const found = snapshotFromObject(await cluster.get(nodePath(name)));
  if (found?.facts.uid === uid) return found;
  throw new MaintError('cluster', `node ${name} was deleted meanwhile${found === undefined ? '' : ' and made again'}`, {
    hint: `kubectl get node ${name}`,
  });
}
