import type { NodeFacts } from '../facts/node.ts';
import { RUN_LABEL } from '../labels.ts';
import type { Claim } from '../record/record.ts';
import { runLabelOf } from '../record/run.ts';
import type { Subject } from './rule.ts';

/**
 * Whether a pod is the one by which `run --on-node` carries its command out on a node: it is owned by that Node, names a
 * claim on it, and comes from the very user whose claim that is. Label and owner anybody writes; who asks is the API
 * server's word, and whose claim it is stands in the record, which nobody writes without the right to (the guard of the
 * record). Whoever may do all that could end the maintenance as well.
 */
export function isOfItsRun({ request, object }: Subject, { name, record }: NodeFacts): boolean {
  const id = object.labels.get(RUN_LABEL) ?? '';
  if (id === '' || request.user.name === '' || record.kind !== 'record') return false;
  const isOwned = object.owners.some((owner) => owner.groupKind === '/Node' && owner.name === name);
  return (
    isOwned &&
    record.record.claims.some((claim) => runLabelOf(claim.id ?? '') === id && isOfUser(claim, request.user.name))
  );
}

/** Whether a claim is a user's own, by the name that the API server knows him by. */
export function isOfUser({ owner, by }: Claim, user: string): boolean {
  return user === (by ?? owner);
}
